import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '@netstore/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditStore } from './audit/audit-store.ts';
import { AuthDatabase } from './database.ts';
import { silent } from './testing/test-bench.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
  path = join(directory, 'auth.db');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a database opens again with what was in it', async () => {
  const first = await AuthDatabase.open(directory, silent);
  await first.queries.insertInto('secrets').values({ name: 'a', value: 'b' }).execute();
  await first[Symbol.asyncDispose]();
  await using second = await AuthDatabase.open(directory, silent);
  expect(await second.queries.selectFrom('secrets').selectAll().execute()).toEqual([{ name: 'a', value: 'b' }]);
  expect(await second.problems()).toEqual([]);
});

test('a database that a newer program has changed is refused, and the way out is named', async () => {
  await (await AuthDatabase.open(directory, silent))[Symbol.asyncDispose]();
  openSqlite(path).exec(`INSERT INTO kysely_migration VALUES ('9999-future', '2099-01-01T00:00:00.000Z')`).close();
  await expect(AuthDatabase.open(directory, silent)).rejects.toMatchObject({
    code: 'NS_DATA_DIRECTORY',
    message: expect.stringMatching(/newer NetStore.*9999-future.*backup/),
  });
});

test('so is an audit that a newer program has changed', async () => {
  await (await AuditStore.open(directory))[Symbol.asyncDispose]();
  openSqlite(join(directory, 'audit.db')).exec(`INSERT INTO kysely_migration VALUES ('9999-future', '2099-01-01T00:00:00.000Z')`).close();
  await expect(AuditStore.open(directory)).rejects.toMatchObject({
    code: 'NS_DATA_DIRECTORY',
    message: expect.stringMatching(/audit\.db.*newer NetStore.*9999-future/),
  });
});

test('migrations that fail half-way leave nothing of themselves', async () => {
  openSqlite(path).exec('CREATE TABLE sessions (inTheWay TEXT)').close();
  await expect(AuthDatabase.open(directory, silent)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
  const database = openSqlite(path);
  database.exec('DROP TABLE sessions');
  expect(database.prepare(`SELECT name FROM sqlite_schema WHERE name = 'users'`).all()).toEqual([]);
  database.close();
  await using repaired = await AuthDatabase.open(directory, silent);
  expect(await repaired.queries.selectFrom('users').selectAll().execute()).toEqual([]);
});

test('a file that is no database is refused', async () => {
  writeFileSync(path, 'no database at all, but long enough to have a header'.repeat(10));
  await expect(AuthDatabase.open(directory, silent)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
});

test('a directory is made when it is missing, for its owner alone, and refused when it cannot be', async () => {
  const missing = join(directory, 'a', 'b');
  await (await AuthDatabase.open(missing, silent))[Symbol.asyncDispose]();
  expect(statSync(missing).mode & 0o777).toBe(0o700);
  await expect(AuthDatabase.open(join(missing, 'auth.db', 'c'), silent)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
});

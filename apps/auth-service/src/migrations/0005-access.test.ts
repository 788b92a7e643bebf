import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '@netstore/service-kit';
import { newSpaceId, newUserId } from '@netstore/shared-types';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { expect, test } from 'vitest';
import { AuthDatabase } from '../database.ts';
import { MIGRATIONS } from '../migrations.ts';
import { grantsNaming } from '../spaces/grant-store.ts';
import { summariesOf } from '../spaces/space-access.ts';
import { silent } from '../testing/test-bench.ts';

test('home spaces and members of a database from before come through', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'netstore-migration-'));
  try {
    const [ann, bob, home, team] = [newUserId(), newUserId(), newSpaceId(), newSpaceId()];
    const connection = openSqlite(join(directory, 'auth.db'));
    const before = new Kysely<unknown>({ dialect: new SqliteDialect({ database: connection }) });
    const old = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0005'));
    const { error } = await new Migrator({ db: before, provider: { getMigrations: async () => old } }).migrateToLatest();
    expect(error).toBeUndefined();
    for (const [id, username] of [
      [ann, 'ann'],
      [bob, 'bob'],
    ])
      connection
        .prepare('INSERT INTO users (id, username, skeleton, passwordHash, createdAt) VALUES (?, ?, ?, ?, 1)')
        .run(id, username, username, 'x');
    for (const [id, name] of [
      [home, 'home-ann'],
      [team, 'team'],
    ])
      connection.prepare('INSERT INTO spaces VALUES (?, ?, 1)').run(id, name);
    for (const member of [
      [home, ann, 'manager'],
      [home, bob, 'viewer'],
      [team, bob, 'manager'],
      [team, ann, 'editor'],
    ])
      connection.prepare('INSERT INTO spaceMembers VALUES (?, ?, ?)').run(...member);
    connection.close();

    await using after = await AuthDatabase.open(directory, silent);
    expect(await summariesOf(after.queries, ann)).toEqual([
      { id: home, name: 'home-ann', kind: 'home', owner: 'ann', role: 'manager' },
      { id: team, name: 'team', kind: 'shared', owner: 'bob', role: 'editor' },
    ]);
    expect(await grantsNaming(after.queries, home, bob)).toEqual([{ folder: '', subject: { kind: 'user', name: 'bob' }, role: 'viewer' }]);
    expect(await grantsNaming(after.queries, home, ann)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

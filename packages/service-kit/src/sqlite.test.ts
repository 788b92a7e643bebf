import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointSqlite, openSqlite } from './sqlite.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-sqlite-'));
  path = join(directory, 'trial.db');
});
afterEach(() => rmSync(directory, { recursive: true }));

test.each([
  ['FULL', 2],
  ['NORMAL', 1],
] as const)('opens with WAL, synchronous %s, no automatic checkpoints and checked references', (synchronous, level) => {
  const database = openSqlite(path, { synchronous });
  const pragma = (name: string): unknown => database.pragma(name, { simple: true });
  expect(pragma('journal_mode')).toBe('wal');
  expect(pragma('synchronous')).toBe(level);
  expect(pragma('wal_autocheckpoint')).toBe(0);
  expect(pragma('trusted_schema')).toBe(0);
  expect(pragma('foreign_keys')).toBe(1);
  database.close();
});

test('is FULL when nobody says otherwise, and readable by its owner alone', () => {
  const database = openSqlite(path);
  database.exec('CREATE TABLE t (v)');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  database.close();
});

test('a checkpoint empties the write-ahead log', () => {
  const database = openSqlite(path);
  database.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  checkpointSqlite(database);
  expect(statSync(`${path}-wal`).size).toBe(0);
  database.close();
});

test('a checkpoint that a reader blocks throws, and succeeds when the reader is gone', () => {
  const writer = openSqlite(path);
  writer.exec('CREATE TABLE t (v)');
  writer.pragma('busy_timeout = 10');
  const reader = openSqlite(path, { isReadonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT * FROM t').all();
  writer.exec('INSERT INTO t VALUES (1)');
  expect(() => checkpointSqlite(writer)).toThrow(expect.objectContaining({ code: 'NS_BUSY' }));
  reader.exec('COMMIT');
  checkpointSqlite(writer);
  reader.close();
  writer.close();
});

test('a reader cannot write and does not create the file', () => {
  expect(() => openSqlite(path, { isReadonly: true })).toThrow(expect.objectContaining({ code: 'NS_DATA_DIRECTORY' }));
  openSqlite(path).exec('CREATE TABLE t (v)').close();
  const reader = openSqlite(path, { isReadonly: true });
  expect(() => reader.exec('INSERT INTO t VALUES (1)')).toThrow(/readonly/);
  reader.close();
});

test('a file that is no database is refused', () => {
  writeFileSync(path, 'this is not a database, and longer than a header of one hundred bytes'.repeat(4));
  expect(() => openSqlite(path)).toThrow(expect.objectContaining({ code: 'NS_DATA_DIRECTORY' }));
});

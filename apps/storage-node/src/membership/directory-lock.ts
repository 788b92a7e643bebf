/**
 * Keeps a second process out of a data directory. The lock is the operating system's, on an open file: when the process ends, in
 * whatever way, it is gone, so there is nothing to go stale. Node has no call for such locks; SQLite has, on every platform, and
 * that is all it is used for here: the file stays empty. Nothing else may open it: POSIX drops a process's locks on a file when any of
 * its descriptors for that file is closed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import SqliteDatabase from 'better-sqlite3';
import { toDiskError } from '../log/disk-error.ts';

export const LOCK_FILE = 'LOCK';

/** Held until disposed of. Throws `NS_DATA_DIRECTORY` when another process has it. */
export function lockDirectory(path: string): Disposable {
  return lock(path, (file) => new SqliteDatabase(file, { timeout: 0 }), lockForWriting);
}

/**
 * For looking only: shared with others who look, and no node can start meanwhile. Opens nothing for writing, so that a disk may be
 * mounted read-only. A directory without the file was never held by a node, and none holds it now.
 */
export function lockDirectoryForReading(path: string): Disposable {
  if (!existsSync(join(path, LOCK_FILE))) return { [Symbol.dispose]: () => undefined };
  return lock(path, (file) => new SqliteDatabase(file, { timeout: 0, readonly: true }), lockForReading);
}

function lockForWriting(database: SqliteDatabase.Database): void {
  // Nothing is ever written: a journal on the disk would only be left behind.
  database.pragma('journal_mode = MEMORY');
  database.exec('BEGIN EXCLUSIVE');
}

/** The lock comes with the first look into the file, and stays as long as the transaction. */
function lockForReading(database: SqliteDatabase.Database): void {
  database.exec('BEGIN');
  database.prepare('SELECT count(*) FROM sqlite_schema').get();
}

function lock(
  path: string,
  open: (file: string) => SqliteDatabase.Database,
  take: (database: SqliteDatabase.Database) => void,
): Disposable {
  const file = join(path, LOCK_FILE);
  let database: SqliteDatabase.Database | undefined;
  try {
    database = open(file);
    take(database);
  } catch (error) {
    database?.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new NetStoreError(
        'NS_DATA_DIRECTORY',
        `Data directory ${path} is in use by another process: stop it first, or choose another directory`,
      );
    }
    throw toDiskError(error, `Locking ${file}`);
  }
  const held = database;
  return { [Symbol.dispose]: () => held.close() };
}

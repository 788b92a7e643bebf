/**
 * Opens SQLite files the one way NetStore uses them, and takes their checkpoints. Speaks no SQL about anybody's tables.
 *
 * Automatic checkpoints are off: SQLite hides their I/O errors from the statement that triggers them. `synchronous` is set
 * after WAL is switched on, because better-sqlite3 lowers it at that moment, and every setting is read back.
 */
import { closeSync, openSync } from 'node:fs';
import { NetStoreError } from '@netstore/shared-types';
import SqliteDatabase, { type Database } from 'better-sqlite3';

export type { Database };

const BUSY_TIMEOUT_MS = 5_000;
const SYNCHRONOUS_LEVELS = { NORMAL: 1, FULL: 2 } as const;

export interface SqliteOptions {
  readonly isReadonly?: boolean;
  /** FULL: a committed transaction survives power loss. NORMAL: it may be lost, the file stays consistent. Default FULL. */
  readonly synchronous?: keyof typeof SYNCHRONOUS_LEVELS;
}

/** Throws `NS_DATA_DIRECTORY` when the file cannot be opened or does not take the settings. The caller closes it. */
export function openSqlite(path: string, { isReadonly = false, synchronous = 'FULL' }: SqliteOptions = {}): Database {
  const database = openFile(path, isReadonly);
  try {
    if (!isReadonly) expectPragma(database, 'journal_mode', { set: 'WAL', readBack: 'wal' });
    expectPragma(database, 'synchronous', {
      set: synchronous,
      readBack: SYNCHRONOUS_LEVELS[synchronous],
    });
    expectPragma(database, 'wal_autocheckpoint', { set: '0', readBack: 0 });
    expectPragma(database, 'trusted_schema', { set: 'OFF', readBack: 0 });
    expectPragma(database, 'foreign_keys', { set: 'ON', readBack: 1 });
    return database;
  } catch (error) {
    database.close();
    throw dataDirectoryError(path, error);
  }
}

/**
 * Moves the whole write-ahead log into the database file and empties it. Throws `NS_BUSY` when a reader is in the way (nothing
 * is lost: try again later) and `NS_DATA_DIRECTORY` when the disk refused.
 */
export function checkpointSqlite(database: Database): void {
  let row: unknown;
  try {
    [row] = database.pragma('wal_checkpoint(TRUNCATE)') as unknown[];
  } catch (error) {
    throw dataDirectoryError(database.name, error);
  }
  const { busy, log, checkpointed } = row as {
    busy: number;
    log: number;
    checkpointed: number;
  };
  if (busy !== 0 || log !== checkpointed) {
    throw new NetStoreError('NS_BUSY', `Checkpoint is incomplete: expected all ${log} pages, moved ${checkpointed}`);
  }
}

function openFile(path: string, isReadonly: boolean): Database {
  try {
    // SQLite would create the file readable for everyone; its -wal and -shm files inherit this mode.
    if (!isReadonly) closeSync(openSync(path, 'a', 0o600));
    return new SqliteDatabase(path, {
      readonly: isReadonly,
      fileMustExist: true,
      timeout: BUSY_TIMEOUT_MS,
    });
  } catch (error) {
    throw dataDirectoryError(path, error);
  }
}

function expectPragma(database: Database, name: string, { set, readBack }: { set: string; readBack: string | number }): void {
  database.pragma(`${name} = ${set}`);
  const actual = database.pragma(name, { simple: true });
  if (actual !== readBack) throw new Error(`${name}: expected ${readBack}, found ${String(actual)}`);
}

function dataDirectoryError(path: string, cause: unknown): NetStoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new NetStoreError('NS_DATA_DIRECTORY', `SQLite file ${path} cannot be used: ${reason}`, { cause });
}

/**
 * The folder that holds everything of one cluster, held by one launcher at a time. The hold is a lock that the operating system keeps on an open
 * SQLite file: it ends with the process, however that ends, and so cannot go stale as a file with a process id in it can.
 */
import { accessSync, constants, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import Database from 'better-sqlite3';

export interface DataDirectory extends Disposable {
  readonly path: string;
  readonly runFile: string;
  readonly portsFile: string;
  readonly secretsDir: string;
  readonly setupTokenFile: string;
  /** The launcher before this one had no time to clean up; its services may still be ending. */
  readonly wasLeftRunning: boolean;
}

/** Creates what is missing. Throws `NS_DATA_DIRECTORY` in words for the person at the terminal. */
export function openDataDirectory(path: string): DataDirectory {
  const secretsDir = join(path, 'secrets');
  try {
    mkdirSync(secretsDir, { recursive: true, mode: 0o700 });
    for (const folder of [path, secretsDir]) accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(path, cause);
  }
  const lock = takeLock(path);
  const runFile = join(path, 'run.json');
  const wasLeftRunning = existsSync(runFile);
  rmSync(runFile, { force: true });
  return {
    path,
    runFile,
    portsFile: join(path, 'ports.json'),
    secretsDir,
    setupTokenFile: join(path, 'auth', 'setup-token'),
    wasLeftRunning,
    [Symbol.dispose]: () => lock.close(),
  };
}

function takeLock(path: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(join(path, 'launcher.lock'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if (cause instanceof Database.SqliteError && cause.code === 'SQLITE_BUSY') {
      const advice = 'Stop it first, or choose another directory with NETSTORE_DATA_DIR.';
      throw new NetStoreError('NS_DATA_DIRECTORY', `Another NetStore is running on the data directory ${path}. ${advice}`, { cause });
    }
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): NetStoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = 'Make it writable for this user, or choose another one with NETSTORE_DATA_DIR.';
  return new NetStoreError('NS_DATA_DIRECTORY', `The data directory ${path} cannot be used: ${reason}. ${advice}`, { cause });
}

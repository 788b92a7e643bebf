/**
 * A copy of a node's catalogue, for looking into a data directory without changing it: SQLite writes to a file as soon as it opens one
 * that was not closed in order. The copy may be brought further with records of the log, which the original never sees.
 */
import { constants, copyFileSync, existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openSqlite } from '@netstore/service-kit/sqlite';
import { NetStoreError } from '@netstore/shared-types';
import { openDatabase } from './open-database.ts';
import { OpenedCatalogue } from './opened-catalogue.ts';
import { sqliteCodeOf } from './sqlite-failure.ts';

/** SQLite's words about a damaged file repeat themselves. */
const PROBLEMS_MAX = 20;

export class CatalogueCopy implements Disposable {
  readonly opened: OpenedCatalogue;
  readonly database: Database;
  /** What SQLite says is wrong with the original; it is an empty catalogue then. */
  readonly damage: readonly string[];
  /** The node has none, or one of an older program: it makes one from its log, and this one is empty. */
  readonly isToBeMade: boolean;
  readonly #path: string;

  /** `workDir` is the caller's and takes the copy. Throws `NS_DISK_FULL` when that has no room for it, and `NS_DATA_DIRECTORY`. */
  static make(cataloguePath: string, workDir: string): CatalogueCopy {
    const path = join(workDir, 'catalogue.db');
    const isAbsent = !existsSync(cataloguePath);
    if (!isAbsent) copyFiles(cataloguePath, path, workDir);
    const damage = isAbsent ? [] : damageOf(path);
    if (damage.length > 0) removeFiles(path);
    const { database, movedTo } = openDatabase({ path, quarantineDir: workDir });
    return new CatalogueCopy(database, { path, damage, isToBeMade: isAbsent || movedTo !== undefined });
  }

  private constructor(database: Database, parts: { path: string; damage: readonly string[]; isToBeMade: boolean }) {
    this.database = database;
    this.opened = new OpenedCatalogue(database);
    this.damage = parts.damage;
    this.isToBeMade = parts.isToBeMade;
    this.#path = parts.path;
  }

  [Symbol.dispose](): void {
    this.database.close();
    removeFiles(this.#path);
  }
}

/** The write-ahead log belongs to it; the third file of SQLite is made anew from the two. */
function copyFiles(from: string, to: string, workDir: string): void {
  const sources = [from, `${from}-wal`].filter((path) => existsSync(path));
  const neededBytes = sources.reduce((sum, path) => sum + statSync(path).size, 0);
  const { bavail, bsize } = statfsSync(workDir);
  if (bavail * bsize < neededBytes) {
    throw new NetStoreError(
      'NS_DISK_FULL',
      `The catalogue is looked at in a copy of ${neededBytes} bytes, and ${workDir} has ${bavail * bsize} bytes free: choose another place for it`,
    );
  }
  for (const source of sources) copyFileSync(source, to + source.slice(from.length), constants.COPYFILE_FICLONE);
}

function removeFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function damageOf(path: string): string[] {
  try {
    const database = openSqlite(path, { synchronous: 'NORMAL' });
    try {
      const rows = database.pragma(`integrity_check(${PROBLEMS_MAX})`) as { readonly integrity_check: string }[];
      return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
    } finally {
      database.close();
    }
  } catch (error) {
    const code = sqliteCodeOf(error);
    if (code?.startsWith('SQLITE_CORRUPT') === true || code === 'SQLITE_NOTADB') return [wordsOf(error)];
    throw error;
  }
}

/** SQLite's own words: those around them name the copy, which is nobody's concern. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : wordsOf(error.cause);
}

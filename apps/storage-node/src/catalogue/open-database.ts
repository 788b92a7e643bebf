/**
 * Opens the file of the catalogue. A damaged one, or one of an older program, is moved aside, never deleted, and an empty one made: everything in it can
 * be had again from the log. A file of a newer program is left alone.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkpointSqlite, type Database, openSqlite } from '@netstore/service-kit/sqlite';
import { NetStoreError } from '@netstore/shared-types';
import { SCHEMA, SCHEMA_VERSION } from './schema.ts';
import { sqliteCodeOf } from './sqlite-failure.ts';

export interface DatabasePlace {
  readonly path: string;
  readonly quarantineDir: string;
}

export interface OpenedDatabase {
  readonly database: Database;
  /** Where the damaged or outdated file went; undefined when there was none. */
  readonly movedTo: string | undefined;
}

/** Throws `NS_DATA_DIRECTORY` when the disk refuses, or the file is newer than this program. */
export function openDatabase(place: DatabasePlace): OpenedDatabase {
  const database = tryOpen(place.path);
  if (database !== undefined) return { database, movedTo: undefined };
  const movedTo = moveCatalogueAside(place);
  return { database: openFresh(place.path), movedTo };
}

/** Moves a closed file aside that is sound and wrong, and makes an empty one, which `prepare` may write to. */
export function beginAnew(place: DatabasePlace, prepare: (database: Database) => void): void {
  moveCatalogueAside(place);
  const fresh = openFresh(place.path);
  prepare(fresh);
  checkpointSqlite(fresh);
  fresh.close();
}

function openFresh(path: string): Database {
  const fresh = tryOpen(path);
  if (fresh === undefined)
    throw new NetStoreError('NS_DATA_DIRECTORY', `Catalogue ${path} is damaged as soon as it is made: the disk is failing`);
  return fresh;
}

/** Undefined when the file is damaged, or of an older program. */
function tryOpen(path: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = openSqlite(path, { synchronous: 'NORMAL' });
    // Nobody else writes; whoever reads a copy out of it keeps a checkpoint waiting for long, and that is for the next one to do.
    database.pragma('busy_timeout = 0');
    if (database.pragma('quick_check(1)', { simple: true }) === 'ok' && migrate(database)) return database;
  } catch (error) {
    database?.close();
    if (isDamage(error)) return undefined;
    throw error;
  }
  database.close();
  return undefined;
}

/** False when an older program made the tables: it is quicker and surer to make them again from the log than to change them. */
function migrate(database: Database): boolean {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version === SCHEMA_VERSION) return true;
  if (version > SCHEMA_VERSION) {
    const reason = `Catalogue ${database.name} has format ${version}, this program knows up to ${SCHEMA_VERSION}`;
    throw new NetStoreError('NS_DATA_DIRECTORY', `${reason}: start the newer version of NetStore`);
  }
  if (version > 0) return false;
  database.transaction(() => {
    database.exec(SCHEMA);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
  return true;
}

function isDamage(error: unknown): boolean {
  const code = sqliteCodeOf(error) ?? '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** What SQLite left of the write-ahead log goes along: it must not be played into the new file. */
export function moveCatalogueAside({ path, quarantineDir }: DatabasePlace): string {
  mkdirSync(quarantineDir, { recursive: true });
  const movedTo = join(quarantineDir, `${basename(path)}.${new Date().toISOString().replaceAll(':', '')}`);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, movedTo + suffix);
  }
  return movedTo;
}

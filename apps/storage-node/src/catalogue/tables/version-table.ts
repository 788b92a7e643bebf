/** The versions of files, each the work of one record. */
import { type FilePath, type UserId, type VersionId, versionIdAt } from '@netstore/shared-types';
import type { EntryRow, FileVersion } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Row } from '../digest/row-sum.ts';
import type { RunningDigest } from '../digest/running-digest.ts';
import { idBytes, idText } from '../id-bytes.ts';
import type { EntryState, FileState } from './entry-table.ts';

export interface VersionState {
  readonly entryId: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly contentId: number;
  readonly contentType: string;
  readonly createdAtMs: number;
  readonly author: UserId;
}

/** The columns of `versions v JOIN contents c` that `fileVersionOf` needs. */
export const VERSION_COLUMNS = 'v.seq, v.ordinal, v.contentId, c.sizeBytes, c.sha256, v.contentType, v.createdAtMs, v.author';

export interface VersionRow {
  readonly seq: number;
  readonly ordinal: number;
  readonly contentId: number;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  readonly contentType: string;
  readonly createdAtMs: number;
  readonly author: Uint8Array;
}

export function fileVersionOf(row: VersionRow): FileVersion {
  const { seq, ordinal, contentId, sizeBytes, sha256, contentType, createdAtMs, author } = row;
  return { version: versionIdAt(seq, ordinal), contentId, sizeBytes, sha256, contentType, createdAtMs, author: idText<UserId>(author) };
}

const SELECT = `SELECT ${VERSION_COLUMNS} FROM versions v JOIN contents c ON c.contentId = v.contentId`;

export class VersionTable {
  readonly #get: Statement<[number, number], VersionRow>;
  readonly #newest: Statement<[number, number], VersionRow>;
  readonly #oldest: Statement<[number, number], VersionRow>;
  readonly #delete: Statement<[number, number], Row>;
  readonly #digest: RunningDigest;
  readonly #insert: Statement<[number, number, number, number, string, number, Uint8Array]>;

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#get = database.prepare(`${SELECT} WHERE v.entryId = ? AND v.seq = ?`);
    this.#newest = database.prepare(`${SELECT} WHERE v.entryId = ? ORDER BY v.seq DESC LIMIT ?`);
    this.#oldest = database.prepare(`${SELECT} WHERE v.entryId = ? ORDER BY v.seq LIMIT ?`);
    this.#delete = database
      .prepare<[number, number], Row>(
        `DELETE FROM versions WHERE entryId = ? AND seq = ?
         RETURNING entryId, seq, ordinal, contentId, contentType, createdAtMs, author`,
      )
      .raw();
    this.#insert = database.prepare('INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)');
  }

  add({ entryId, seq, ordinal, contentId, contentType, createdAtMs, author }: VersionState): void {
    const authorBytes = idBytes(author);
    this.#insert.run(entryId, seq, ordinal, contentId, contentType, createdAtMs, authorBytes);
    this.#digest.added('versions', [entryId, seq, ordinal, contentId, contentType, createdAtMs, authorBytes]);
  }

  currentOf(file: FileState): FileVersion {
    const row = this.#get.get(file.id, file.versionSeq);
    if (row === undefined) throw new Error(`Entry ${file.id} has no version of seq ${file.versionSeq}`);
    return fileVersionOf(row);
  }

  /** As everybody is shown it. */
  rowOf(entry: EntryState, path: FilePath): EntryRow {
    return { path, modifiedAtMs: entry.modifiedAtMs, file: entry.isFile ? this.currentOf(entry) : null, replicas: null };
  }

  find(file: FileState, version: VersionId): FileVersion | undefined {
    const row = this.#get.get(file.id, seqOf(version));
    const found = row && fileVersionOf(row);
    return found?.version === version ? found : undefined;
  }

  oldestOf(file: FileState, limit: number): FileVersion[] {
    return this.#oldest.all(file.id, limit).map(fileVersionOf);
  }

  /** Its content has still to be released. */
  remove(file: FileState, version: VersionId): void {
    const removed = this.#delete.get(file.id, seqOf(version));
    if (removed !== undefined) this.#digest.removed('versions', removed);
  }

  newestOf(file: FileState, limit: number): FileVersion[] {
    return this.#newest.all(file.id, limit).map(fileVersionOf);
  }
}

/** An ordinal may follow it. */
function seqOf(version: VersionId): number {
  return Number.parseInt(version, 36);
}

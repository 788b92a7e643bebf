/** Files and folders as rows below their folder. Moving one touches its row alone, however much is below it. */
import { FILE_PATH_DEPTH_MAX } from '@netstore/shared-types';
import type { Database, Statement } from 'better-sqlite3';
import type { Row } from '../digest/row-sum.ts';
import type { RunningDigest } from '../digest/running-digest.ts';
import { sortKeyOf } from '../sort-key.ts';

interface EntryCommon {
  readonly id: number;
  readonly parentId: number | null;
  readonly name: string;
  readonly modifiedAtMs: number;
  readonly sizeBytes: number;
  readonly levelsBelow: number;
  readonly bytesBelow: number;
}

export interface FileState extends EntryCommon {
  readonly isFile: 1;
  readonly contentId: number;
  readonly versionSeq: number;
}

export interface FolderState extends EntryCommon {
  readonly isFile: 0;
  readonly contentId: null;
  readonly versionSeq: null;
}

export type EntryState = FileState | FolderState;

/** What a file is now, of its current version. */
export interface CurrentContent {
  readonly modifiedAtMs: number;
  readonly sizeBytes: number;
  readonly contentId: number;
  readonly versionSeq: number;
}

const COLUMNS = 'id, parentId, name, isFile, modifiedAtMs, sizeBytes, contentId, versionSeq, levelsBelow, bytesBelow';

export class EntryTable {
  readonly #get: Statement<[number], EntryState>;
  readonly #find: Statement<[number, string], EntryState>;
  readonly #children: Statement<[number], EntryState>;
  readonly #insert: Statement<unknown[]>;
  readonly #setCurrent: Statement<[number, number, number, number, number]>;
  readonly #attach: Statement<[number, string, Uint8Array, number]>;
  readonly #touch: Statement<[number, number]>;
  readonly #firstChildren: Statement<[number, number], EntryState>;
  readonly #delete: Statement<[number]>;
  readonly #raise: Statement<[number, number, number]>;
  readonly #digest: RunningDigest;

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#get = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE id = ?`);
    this.#find = database.prepare(`SELECT ${COLUMNS} FROM entries WHERE parentId = ? AND name = ?`);
    this.#children = database.prepare(`SELECT ${COLUMNS} FROM entries INDEXED BY entries_by_path WHERE parentId = ? ORDER BY name`);
    this.#insert = database.prepare(`INSERT INTO entries (${COLUMNS}, sortKey) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#setCurrent = database.prepare('UPDATE entries SET modifiedAtMs = ?, sizeBytes = ?, contentId = ?, versionSeq = ? WHERE id = ?');
    this.#attach = database.prepare('UPDATE entries SET parentId = ?, name = ?, sortKey = ? WHERE id = ?');
    this.#touch = database.prepare('UPDATE entries SET modifiedAtMs = ? WHERE id = ?');
    this.#firstChildren = database.prepare(
      `SELECT ${COLUMNS} FROM entries INDEXED BY entries_by_path WHERE parentId = ? ORDER BY name LIMIT ?`,
    );
    this.#delete = database.prepare('DELETE FROM entries WHERE id = ?');
    this.#raise = database.prepare('UPDATE entries SET levelsBelow = ?, bytesBelow = ? WHERE id = ?');
  }

  get(id: number): EntryState | undefined {
    return this.#get.get(id);
  }

  find(parentId: number, name: string): EntryState | undefined {
    return this.#find.get(parentId, name);
  }

  /** In the order of their names' code points: an order that no version of the program changes. */
  childrenOf(parentId: number): IterableIterator<EntryState> {
    return this.#children.iterate(parentId);
  }

  /** In the same order, so few that rows may be changed while one goes through them. */
  firstChildrenOf(parentId: number, limit: number): EntryState[] {
    return this.#firstChildren.all(parentId, limit);
  }

  add(entry: EntryState): void {
    const row = hashedRow(entry);
    this.#insert.run(...row, sortKeyOf(entry.name));
    this.#digest.added('entries', row);
    if (entry.parentId !== null) this.#raiseBounds(entry.parentId, entry);
  }

  setCurrent(id: number, current: CurrentContent): void {
    const { modifiedAtMs, sizeBytes, contentId, versionSeq } = current;
    const before = this.#require(id);
    this.#setCurrent.run(modifiedAtMs, sizeBytes, contentId, versionSeq, id);
    this.#changed(before, { modifiedAtMs, sizeBytes, contentId, versionSeq });
  }

  /** Takes an entry, with all below it, from where it is and hangs it below another folder. */
  attach(entry: EntryState, parentId: number, name: string): void {
    const before = this.#require(entry.id);
    this.#attach.run(parentId, name, sortKeyOf(name), entry.id);
    this.#changed(before, { parentId, name });
    this.#raiseBounds(parentId, { ...entry, name });
  }

  /** For an entry that nothing is below of and that has no version. */
  remove(id: number): void {
    const before = this.#require(id);
    this.#delete.run(id);
    this.#digest.removed('entries', hashedRow(before));
  }

  /** Something came to or left this folder. */
  touch(folderId: number, timeMs: number): void {
    const before = this.#require(folderId);
    if (before.modifiedAtMs === timeMs) return;
    this.#touch.run(timeMs, folderId);
    this.#changed(before, { modifiedAtMs: timeMs });
  }

  /** Upwards until a folder's bounds cover what is new below it: those above cover theirs already. */
  #raiseBounds(folderId: number, child: EntryState): void {
    let below: EntryState = child;
    let parentId: number | null = folderId;
    for (let level = 0; parentId !== null; level += 1) {
      if (level > FILE_PATH_DEPTH_MAX) throw new Error(`Entry ${child.id} is more than ${FILE_PATH_DEPTH_MAX} levels deep`);
      const levels = below.levelsBelow + 1;
      const bytes = Buffer.byteLength(below.name) + (below.bytesBelow === 0 ? 0 : below.bytesBelow + 1);
      const folder = this.#require(parentId);
      const bounds = { levelsBelow: Math.max(folder.levelsBelow, levels), bytesBelow: Math.max(folder.bytesBelow, bytes) };
      if (bounds.levelsBelow === folder.levelsBelow && bounds.bytesBelow === folder.bytesBelow) return;
      this.#raise.run(bounds.levelsBelow, bounds.bytesBelow, folder.id);
      this.#changed(folder, bounds);
      below = { ...folder, ...bounds };
      parentId = folder.parentId;
    }
  }

  #require(id: number): EntryState {
    const entry = this.#get.get(id);
    if (entry === undefined) throw new Error(`There is no entry ${id}`);
    return entry;
  }

  #changed(before: EntryState, changes: Partial<EntryCommon & CurrentContent>): void {
    this.#digest.changed('entries', hashedRow(before), hashedRow({ ...before, ...changes }));
  }
}

function hashedRow(entry: EntryCommon & Pick<EntryState, 'isFile' | 'contentId' | 'versionSeq'>): Row {
  const { id, parentId, name, isFile, modifiedAtMs, sizeBytes, contentId, versionSeq, levelsBelow, bytesBelow } = entry;
  return [id, parentId, name, isFile, modifiedAtMs, sizeBytes, contentId, versionSeq, levelsBelow, bytesBelow];
}

/** The trash of all spaces: where trashed entries were, by whom and when they were trashed, and which are being purged. */
import type { FilePath, SpaceId, UserId } from '@netstore/shared-types';
import type { Database, Statement } from 'better-sqlite3';
import type { Row } from '../digest/row-sum.ts';
import type { RunningDigest } from '../digest/running-digest.ts';
import { idBytes, idText } from '../id-bytes.ts';

export interface TrashState {
  /** The seq of the record that trashed it: each trashes one entry at most. */
  readonly trashId: number;
  readonly spaceId: SpaceId;
  readonly entryId: number;
  readonly path: FilePath;
  readonly trashedAtMs: number;
  readonly trashedBy: UserId;
  /** A purge has named it: it is in nobody's sight any more, and what is below it is being freed. */
  readonly isPurging: boolean;
}

/** An entry of the trash as a purge names it. */
export interface TrashName {
  readonly trashId: number;
  readonly spaceId: SpaceId;
}

interface TrashRow {
  readonly trashId: number;
  readonly spaceId: Uint8Array;
  readonly entryId: number;
  readonly path: FilePath;
  readonly trashedAtMs: number;
  readonly trashedBy: Uint8Array;
  readonly isPurging: 0 | 1;
}

export class TrashTable {
  readonly #insert: Statement<[number, Uint8Array, number, string, number, Uint8Array]>;
  readonly #find: Statement<[number], TrashRow>;
  readonly #setPurging: Statement<[number]>;
  readonly #delete: Statement<[number]>;
  readonly #page: Statement<[Uint8Array, number, number], TrashRow>;
  readonly #purging: Statement<[number], TrashRow>;
  readonly #trashedBefore: Statement<[number, number], TrashRow>;
  readonly #digest: RunningDigest;

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#insert = database.prepare('INSERT INTO trash VALUES (?, ?, ?, ?, ?, ?, 0)');
    this.#find = database.prepare('SELECT * FROM trash WHERE trashId = ?');
    this.#setPurging = database.prepare('UPDATE trash SET isPurging = 1 WHERE trashId = ?');
    this.#delete = database.prepare('DELETE FROM trash WHERE trashId = ?');
    this.#page = database.prepare(
      `SELECT * FROM trash INDEXED BY trash_by_space
       WHERE spaceId = ? AND isPurging = 0 AND trashId < ? ORDER BY trashId DESC LIMIT ?`,
    );
    this.#purging = database.prepare(
      'SELECT * FROM trash INDEXED BY trash_by_time WHERE isPurging = 1 ORDER BY trashedAtMs, trashId LIMIT ?',
    );
    this.#trashedBefore = database.prepare(
      `SELECT * FROM trash INDEXED BY trash_by_time
       WHERE isPurging = 0 AND trashedAtMs < ? ORDER BY trashedAtMs, trashId LIMIT ?`,
    );
  }

  add({ trashId, spaceId, entryId, path, trashedAtMs, trashedBy }: Omit<TrashState, 'isPurging'>): void {
    const ids = { spaceId: idBytes(spaceId), trashedBy: idBytes(trashedBy) };
    this.#insert.run(trashId, ids.spaceId, entryId, path, trashedAtMs, ids.trashedBy);
    this.#digest.added('trash', hashedRow({ trashId, entryId, path, trashedAtMs, ...ids, isPurging: 0 }));
  }

  find(trashId: number): TrashState | undefined {
    const row = this.#find.get(trashId);
    return row && stateOf(row);
  }

  setPurging(trashId: number): void {
    const row = this.#find.get(trashId);
    if (row === undefined) return;
    this.#setPurging.run(trashId);
    this.#digest.changed('trash', hashedRow(row), hashedRow({ ...row, isPurging: 1 }));
  }

  remove(trashId: number): void {
    const row = this.#find.get(trashId);
    if (row === undefined) return;
    this.#delete.run(trashId);
    this.#digest.removed('trash', hashedRow(row));
  }

  /** Last trashed first, those trashed before `trashId`; none that is being purged. */
  page(spaceId: SpaceId, beforeTrashId: number, limit: number): TrashState[] {
    return this.#page.all(idBytes(spaceId), beforeTrashId, limit).map(stateOf);
  }

  /** Of all spaces: named by a purge and not wholly freed. */
  purging(limit: number): TrashName[] {
    return this.#purging.all(limit).map(nameOf);
  }

  /** Of all spaces, those trashed longest ago first. */
  trashedBefore(timeMs: number, limit: number): TrashName[] {
    return this.#trashedBefore.all(timeMs, limit).map(nameOf);
  }
}

function hashedRow({ trashId, spaceId, entryId, path, trashedAtMs, trashedBy, isPurging }: TrashRow): Row {
  return [trashId, spaceId, entryId, path, trashedAtMs, trashedBy, isPurging];
}

function stateOf({ spaceId, trashedBy, isPurging, ...row }: TrashRow): TrashState {
  return { ...row, spaceId: idText<SpaceId>(spaceId), trashedBy: idText<UserId>(trashedBy), isPurging: isPurging === 1 };
}

function nameOf({ trashId, spaceId }: TrashRow): TrashName {
  return { trashId, spaceId: idText<SpaceId>(spaceId) };
}

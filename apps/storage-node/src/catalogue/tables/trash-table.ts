/** Where trashed entries were, by whom and when they were trashed. */
import type { FilePath, UserId } from '@netstore/shared-types';
import type { Database, Statement } from 'better-sqlite3';
import { idBytes } from '../id-bytes.ts';

export interface TrashState {
  readonly entryId: number;
  readonly path: FilePath;
  readonly trashedAtMs: number;
  readonly trashedBy: UserId;
}

export class TrashTable {
  readonly #insert: Statement<[number, string, number, Uint8Array]>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO trash VALUES (?, ?, ?, ?)');
  }

  add({ entryId, path, trashedAtMs, trashedBy }: TrashState): void {
    this.#insert.run(entryId, path, trashedAtMs, idBytes(trashedBy));
  }
}

/** Spaces that something was written to: where their trees begin, and what they use. */
import type { SpaceId } from '@netstore/shared-types';
import type { Database, Statement } from 'better-sqlite3';
import { idBytes } from '../id-bytes.ts';

export interface SpaceState {
  readonly rootId: number;
  readonly trashId: number;
}

export class SpaceTable {
  readonly #find: Statement<[Uint8Array], SpaceState>;
  readonly #insert: Statement<[Uint8Array, number, number]>;
  readonly #use: Statement<[number, number, Uint8Array]>;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT rootId, trashId FROM spaces WHERE spaceId = ?');
    this.#insert = database.prepare('INSERT INTO spaces VALUES (?, ?, ?, 0, 0)');
    this.#use = database.prepare('UPDATE spaces SET bytes = bytes + ?, files = files + ? WHERE spaceId = ?');
  }

  find(space: SpaceId): SpaceState | undefined {
    return this.#find.get(idBytes(space));
  }

  add(space: SpaceId, { rootId, trashId }: SpaceState): void {
    this.#insert.run(idBytes(space), rootId, trashId);
  }

  /** Counts further bytes of versions and further files. */
  use(space: SpaceId, bytes: number, files: number): void {
    this.#use.run(bytes, files, idBytes(space));
  }
}

/** Spaces that something was written to: where their trees begin, and what they use. */
import type { SpaceId } from '@netstore/shared-types';
import type { Database, Statement } from 'better-sqlite3';
import type { RunningDigest } from '../digest/running-digest.ts';
import { idBytes } from '../id-bytes.ts';

export interface SpaceState {
  readonly rootId: number;
  readonly trashId: number;
}

interface SpaceUse extends SpaceState {
  readonly bytes: number;
  readonly files: number;
}

export class SpaceTable {
  readonly #find: Statement<[Uint8Array], SpaceState>;
  readonly #bytes: Statement<[Uint8Array], { readonly bytes: number }>;
  readonly #insert: Statement<[Uint8Array, number, number]>;
  readonly #use: Statement<[number, number, Uint8Array], SpaceUse>;
  readonly #digest: RunningDigest;

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#find = database.prepare('SELECT rootId, trashId FROM spaces WHERE spaceId = ?');
    this.#bytes = database.prepare('SELECT bytes FROM spaces WHERE spaceId = ?');
    this.#insert = database.prepare('INSERT INTO spaces VALUES (?, ?, ?, 0, 0)');
    this.#use = database.prepare(`UPDATE spaces SET bytes = bytes + ?, files = files + ? WHERE spaceId = ?
       RETURNING rootId, trashId, bytes, files`);
  }

  find(space: SpaceId): SpaceState | undefined {
    return this.#find.get(idBytes(space));
  }

  /** The sizes of all versions in it that no purge has freed. */
  bytesIn(space: SpaceId): number {
    return this.#bytes.get(idBytes(space))?.bytes ?? 0;
  }

  add(space: SpaceId, { rootId, trashId }: SpaceState): void {
    const id = idBytes(space);
    this.#insert.run(id, rootId, trashId);
    this.#digest.added('spaces', [id, rootId, trashId, 0, 0]);
  }

  /** Counts further bytes of versions and further files. Nothing is counted in a space that nothing was written to. */
  use(space: SpaceId, bytes: number, files: number): void {
    const id = idBytes(space);
    const after = this.#use.get(bytes, files, id);
    if (after === undefined) return;
    const { rootId, trashId } = after;
    this.#digest.changed(
      'spaces',
      [id, rootId, trashId, after.bytes - bytes, after.files - files],
      [id, rootId, trashId, after.bytes, after.files],
    );
  }
}

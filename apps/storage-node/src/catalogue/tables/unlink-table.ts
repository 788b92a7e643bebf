/**
 * Files of blobs that this node has still to unlink: local to this node, no part of the digest. A row is written with the record that
 * left the blob without references, so that a node that dies in between finds it again.
 */
import type { BlobId } from '@netstore/shared-types';
import type { Database, Statement } from 'better-sqlite3';
import { idBytes, idText } from '../id-bytes.ts';

export class UnlinkTable {
  readonly #insert: Statement<[Uint8Array]>;
  readonly #delete: Statement<[Uint8Array]>;
  readonly #next: Statement<[number], { blobId: Uint8Array }>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO unlinks VALUES (?)');
    this.#delete = database.prepare('DELETE FROM unlinks WHERE blobId = ?');
    this.#next = database.prepare('SELECT blobId FROM unlinks LIMIT ?');
  }

  add(blobId: BlobId): void {
    this.#insert.run(idBytes(blobId));
  }

  /** It was unlinked, or a record refers to it again. */
  remove(blobId: BlobId): void {
    this.#delete.run(idBytes(blobId));
  }

  /** In any order. */
  next(limit: number): BlobId[] {
    return this.#next.all(limit).map(({ blobId }) => idText<BlobId>(blobId));
  }
}

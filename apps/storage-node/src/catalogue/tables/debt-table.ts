/** Blobs that applied records refer to and this node does not hold: local to this node, no part of the digest. */
import type { BlobId } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import { idBytes, idText } from '../id-bytes.ts';

export interface MissingBlob extends BlobRef {
  /** The record that needs it. */
  readonly seq: number;
}

interface MissingRow {
  readonly blobId: Uint8Array;
  readonly lengthBytes: number;
  readonly crcTableSha256: Uint8Array;
  readonly seq: number;
}

export class DebtTable {
  readonly #insert: Statement<[Uint8Array, number, number]>;
  readonly #delete: Statement<[Uint8Array]>;
  readonly #total: Statement<[], { blobs: number; bytes: number }>;
  readonly #lowest: Statement<[], { seq: number }>;
  readonly #next: Statement<[number, Uint8Array, number], MissingRow>;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO missing_blobs VALUES (?, ?, ?)');
    this.#delete = database.prepare('DELETE FROM missing_blobs WHERE blobId = ?');
    this.#total = database.prepare('SELECT blobs, bytes FROM debt');
    this.#lowest = database.prepare('SELECT seq FROM missing_blobs INDEXED BY missing_blobs_by_seq ORDER BY seq LIMIT 1');
    this.#next = database.prepare(
      `SELECT m.blobId, m.lengthBytes, b.crcTableSha256, m.seq
       FROM missing_blobs m INDEXED BY missing_blobs_by_seq JOIN blobs b ON b.blobId = m.blobId
       WHERE (m.seq, m.blobId) > (?, ?) ORDER BY m.seq, m.blobId LIMIT ?`,
    );
  }

  /** Counts a blob once, for the first record that needs it; false when it is counted already. */
  add(blobId: BlobId, seq: number, lengthBytes: number): boolean {
    return this.#insert.run(idBytes(blobId), seq, lengthBytes).changes > 0;
  }

  settle(blobId: BlobId): void {
    this.#delete.run(idBytes(blobId));
  }

  total(): { readonly blobs: number; readonly bytes: number } {
    return this.#total.get() ?? { blobs: 0, bytes: 0 };
  }

  lowestSeq(): number | undefined {
    return this.#lowest.get()?.seq;
  }

  /** Oldest first, those after `(seq, blobId)`. */
  next(limit: number, after: { readonly seq: number; readonly blobId: BlobId | null }): MissingBlob[] {
    const rows = this.#next.all(after.seq, after.blobId === null ? new Uint8Array() : idBytes(after.blobId), limit);
    return rows.map((row) => ({ ...row, blobId: idText<BlobId>(row.blobId) }));
  }
}

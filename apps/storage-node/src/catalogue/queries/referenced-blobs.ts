/** The blobs that contents refer to, in the order of their ids: what this node has to be able to give. */
import { createHash } from 'node:crypto';
import type { BlobId, Sha256 } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import { idBytes, idText } from '../id-bytes.ts';

export interface ReferencedBlob extends BlobRef {
  /** The first content that named it: the seq of the put. */
  readonly contentId: number;
}

export interface BlobTotals {
  readonly blobs: number;
  readonly bytes: number;
}

/** Those that this node also holds, as far as it knows. */
export interface HeldBlobs {
  readonly blobs: number;
  readonly bytes: number;
  /** SHA-256 over their ids in order, 16 bytes each. */
  readonly blobDigest: Sha256;
}

/** Ids that are gathered before they are hashed. */
const BATCH_IDS = 4096;

interface BlobRow {
  readonly blobId: Uint8Array;
  readonly lengthBytes: number;
  readonly crcTableSha256: Uint8Array;
  readonly contentId: number;
}

export class ReferencedBlobs {
  readonly #find: Statement<[Uint8Array], BlobRow>;
  readonly #after: Statement<[Uint8Array, number], BlobRow>;
  readonly #totals: Statement<[], BlobTotals>;
  readonly #held: Statement<[], Pick<BlobRow, 'blobId' | 'lengthBytes'>>;

  constructor(database: Database) {
    const columns = 'blobId, lengthBytes, crcTableSha256, contentId';
    this.#find = database.prepare(`SELECT ${columns} FROM blobs WHERE blobId = ? AND refs > 0`);
    this.#after = database.prepare(`SELECT ${columns} FROM blobs WHERE blobId > ? AND refs > 0 ORDER BY blobId LIMIT ?`);
    this.#totals = database.prepare('SELECT count(*) AS blobs, coalesce(sum(lengthBytes), 0) AS bytes FROM blobs WHERE refs > 0');
    this.#held = database.prepare(
      'SELECT blobId, lengthBytes FROM blobs WHERE refs > 0 AND blobId NOT IN (SELECT blobId FROM missing_blobs) ORDER BY blobId',
    );
  }

  find(blobId: BlobId): ReferencedBlob | null {
    const row = this.#find.get(idBytes(blobId));
    return row === undefined ? null : blobOf(row);
  }

  /** From the beginning when `after` is null. */
  after(after: BlobId | null, limit: number): ReferencedBlob[] {
    return this.#after.all(after === null ? new Uint8Array() : idBytes(after), limit).map(blobOf);
  }

  /** Reads every row: a tenth of a second for a hundred thousand blobs. */
  totals(): BlobTotals {
    return this.#totals.get() ?? { blobs: 0, bytes: 0 };
  }

  /** Reads every row. */
  held(): HeldBlobs {
    const hash = createHash('sha256');
    let blobs = 0;
    let bytes = 0;
    let batch: Uint8Array[] = [];
    for (const { blobId, lengthBytes } of this.#held.iterate()) {
      blobs += 1;
      bytes += lengthBytes;
      if (batch.push(blobId) < BATCH_IDS) continue;
      hash.update(Buffer.concat(batch));
      batch = [];
    }
    return { blobs, bytes, blobDigest: hash.update(Buffer.concat(batch)).digest('hex') as Sha256 };
  }
}

function blobOf(row: BlobRow): ReferencedBlob {
  return { ...row, blobId: idText<BlobId>(row.blobId) };
}

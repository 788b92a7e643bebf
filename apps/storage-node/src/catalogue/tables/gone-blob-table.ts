/**
 * Blobs that a record has let go: their files are being unlinked on every node, on some of them later than on others. As long as
 * their ids stand here no record may refer to them.
 */
import type { BlobId } from '@netstore/shared-types';
import type { Database, Statement } from 'better-sqlite3';
import type { Row } from '../digest/row-sum.ts';
import type { RunningDigest } from '../digest/running-digest.ts';
import { idBytes } from '../id-bytes.ts';

/** Ids that one record takes away: more than most records add, few enough that none is slow after a large purge. */
const PRUNED_PER_RECORD = 64;

export class GoneBlobTable {
  readonly #put: Statement<[Uint8Array, number]>;
  readonly #find: Statement<[Uint8Array], { expiresAtMs: number }>;
  readonly #prune: Statement<[number], Row>;
  readonly #digest: RunningDigest;

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#put = database.prepare(
      'INSERT INTO gone_blobs VALUES (?, ?) ON CONFLICT (blobId) DO UPDATE SET expiresAtMs = excluded.expiresAtMs',
    );
    this.#find = database.prepare('SELECT expiresAtMs FROM gone_blobs WHERE blobId = ?');
    this.#prune = database
      .prepare<[number], Row>(
        `DELETE FROM gone_blobs WHERE blobId IN (SELECT blobId FROM gone_blobs INDEXED BY gone_blobs_by_expiry
         WHERE expiresAtMs <= ? ORDER BY expiresAtMs, blobId LIMIT ${PRUNED_PER_RECORD})
         RETURNING blobId, expiresAtMs`,
      )
      .raw();
  }

  /** One that stands here already stays for longer. */
  add(blobId: BlobId, expiresAtMs: number): void {
    const id = idBytes(blobId);
    const before = this.#find.get(id);
    this.#put.run(id, expiresAtMs);
    if (before !== undefined) this.#digest.removed('gone_blobs', [id, before.expiresAtMs]);
    this.#digest.added('gone_blobs', [id, expiresAtMs]);
  }

  /** Expired or not. */
  isKnown(blobId: BlobId): boolean {
    return this.#find.get(idBytes(blobId)) !== undefined;
  }

  /** At the time of a record; an expired one that is still there does not count. */
  has(blobId: BlobId, timeMs: number): boolean {
    return (this.#find.get(idBytes(blobId))?.expiresAtMs ?? 0) > timeMs;
  }

  prune(timeMs: number): void {
    for (const row of this.#prune.all(timeMs)) this.#digest.removed('gone_blobs', row);
  }
}

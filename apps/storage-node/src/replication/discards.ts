/**
 * Lets go of staged blobs that no operation will refer to, by a logged operation: no node deletes by its own judgement.
 * From the proposal on, nothing may refer to them any more.
 */
import { type BlobId, NetStoreError, newOperationId, type UserId } from '@netstore/shared-types';
import { packBlobIds } from '@netstore/wire-protocol';
import type { Replicator } from './replicator.ts';

/** Nobody asks for the outcome of a discard. */
const RETENTION_MS = 0;
const NOBODY = '0'.repeat(32) as UserId;

export class Discards {
  readonly #replicator: Replicator;
  readonly #going = new Set<BlobId>();
  /** Blobs that an operation on its way to the log refers to, and by how many. */
  readonly #held = new Map<BlobId, number>();

  constructor(replicator: Replicator) {
    this.#replicator = replicator;
  }

  /** Throws `NS_CONFLICT` when the blob is being let go. */
  refuse(blobId: BlobId): void {
    if (this.#going.has(blobId)) throw new NetStoreError('NS_CONFLICT', `Blob ${blobId} was abandoned: put the bytes under a new id`);
  }

  /**
   * Until disposed of, the blobs are not let go: for an operation that refers to them, from the look whether they are here until it
   * is in the log or is known not to be. Throws `NS_CONFLICT` when one is being let go already.
   */
  hold(blobIds: readonly BlobId[]): Disposable {
    for (const blobId of blobIds) this.refuse(blobId);
    for (const blobId of blobIds) this.#held.set(blobId, (this.#held.get(blobId) ?? 0) + 1);
    return { [Symbol.dispose]: () => this.#release(blobIds) };
  }

  #release(blobIds: readonly BlobId[]): void {
    for (const blobId of blobIds) {
      const count = this.#held.get(blobId) ?? 0;
      if (count > 1) this.#held.set(blobId, count - 1);
      else this.#held.delete(blobId);
    }
  }

  /** Those that nothing refers to are gone from every node's staging once the record is applied there. */
  async discard(blobIds: readonly BlobId[]): Promise<void> {
    const going = blobIds.filter((blobId) => !this.#going.has(blobId) && !this.#held.has(blobId));
    if (going.length === 0) return;
    for (const blobId of going) this.#going.add(blobId);
    try {
      await this.#replicator.propose({
        operationId: newOperationId(),
        fingerprint: new Uint8Array(32),
        retentionMs: RETENTION_MS,
        author: NOBODY,
        operation: { kind: 'discard', blobIds: packBlobIds(going) },
      });
    } finally {
      for (const blobId of going) this.#going.delete(blobId);
    }
  }
}

/**
 * Lets go of staged blobs that no operation will refer to, by a logged operation: no node deletes by its own judgement.
 * From the proposal on, nothing may refer to them any more.
 */

import type { Logger } from '@netstore/service-kit';
import { type BlobId, NetStoreError, newOperationId, toNetStoreError, type UserId } from '@netstore/shared-types';
import { DISCARD_BLOBS_MAX, packBlobIds } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { ClockAgreement } from './clock-agreement.ts';
import type { Replicator } from './replicator.ts';

/** Staged for longer than this without a record that refers to it: its upload is dead. Uploads of a day stay untouched. */
const STAGED_AGE_MAX_MS = 48 * 3_600_000;
const SWEEP_INTERVAL_MS = 10 * 60_000;
/** Nobody asks for the outcome of a discard. */
const RETENTION_MS = 0;
const NOBODY = '0'.repeat(32) as UserId;

export interface DiscardsOptions {
  readonly replicator: Replicator;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly clocks: ClockAgreement;
  readonly logger: Logger;
  readonly now: () => number;
}

export class Discards implements AsyncDisposable {
  readonly #options: DiscardsOptions;
  readonly #going = new Set<BlobId>();
  /** Blobs that an operation on its way to the log refers to, and by how many. */
  readonly #held = new Map<BlobId, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #ended = new AbortController();

  constructor(options: DiscardsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_INTERVAL_MS);
    this.#timer.unref();
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
      await this.#options.replicator.propose({
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

  async #sweep(): Promise<void> {
    const { replicator, blobs, catalogue, clocks, logger, now } = this.#options;
    if (replicator.term?.isServing !== true) return;
    try {
      const old: BlobId[] = [];
      for await (const { blobId, sealedAtMs } of blobs.staged()) {
        if (now() - sealedAtMs > STAGED_AGE_MAX_MS && old.length < DISCARD_BLOBS_MAX) old.push(blobId);
      }
      const referenced = await catalogue.isReferenced(old);
      const abandoned = old.filter((blobId) => !referenced.has(blobId));
      if (abandoned.length > 0 && (await clocks.isReached(this.#ended.signal))) await this.discard(abandoned);
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      logger.warn({ code: toNetStoreError(error).code, err: error }, 'abandoned blobs could not be let go yet');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#ended.abort();
  }
}

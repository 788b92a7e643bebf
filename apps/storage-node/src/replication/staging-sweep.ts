/**
 * Finds sealed blobs that nothing came to refer to, on this node and on the others, and lets them go by the log. The primary alone
 * sweeps, for all: it knows what is referred to, and no node lets anything go by its own judgement.
 */
import type { Logger } from '@netstore/service-kit';
import { type BlobId, type NodeId, toNetStoreError } from '@netstore/shared-types';
import { DISCARD_BLOBS_MAX, unpackBlobIds } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { type ClockAgreement, isSameTime } from './clock-agreement.ts';
import type { Discards } from './discards.ts';
import type { Peer } from './peers.ts';
import type { Replicator } from './replicator.ts';

/** Staged for longer than this without a record that refers to it: its upload is dead. Uploads of a day stay untouched. */
const STAGED_AGE_MAX_MS = 48 * 3_600_000;
const INTERVAL_MS = 10 * 60_000;
const ANSWER_WITHIN_MS = 10_000;

export interface StagingSweepOptions {
  readonly replicator: Replicator;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly discards: Discards;
  readonly peers: readonly Peer[];
  /** Whether what this peer says counts: it is connected as a full member. */
  readonly counts: (peer: NodeId) => boolean;
  readonly clocks: ClockAgreement;
  readonly logger: Logger;
  readonly now: () => number;
}

export class StagingSweep implements AsyncDisposable {
  readonly #options: StagingSweepOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #ended = new AbortController();

  constructor(options: StagingSweepOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#sweep(), INTERVAL_MS);
    this.#timer.unref();
  }

  async #sweep(): Promise<void> {
    const { replicator, peers, counts, clocks, logger } = this.#options;
    if (replicator.term?.isServing !== true) return;
    try {
      const own = await this.#unreferenced(await this.#ownOld());
      if (own.length > 0 && (await clocks.isReached(this.#ended.signal))) await this.#letGo(own);
      for (const peer of peers.filter(({ id }) => counts(id))) await this.#letGo(await this.#unreferenced(await this.#oldOn(peer)));
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      logger.warn({ code: toNetStoreError(error).code, err: error }, 'abandoned blobs could not be let go yet');
    }
  }

  async #ownOld(): Promise<BlobId[]> {
    const { blobs, now } = this.#options;
    const old: BlobId[] = [];
    for await (const { blobId, sealedAtMs } of blobs.staged()) {
      if (now() - sealedAtMs > STAGED_AGE_MAX_MS && old.push(blobId) === DISCARD_BLOBS_MAX) break;
    }
    return old;
  }

  /** None when its clock, by which their age was measured, is not the one of this node. */
  async #oldOn(peer: Peer): Promise<BlobId[]> {
    const { now } = this.#options;
    const { signal } = this.#ended;
    const { nowMs, blobIds } = await peer.pool.use(
      (connection) =>
        connection.request('GET_STAGED', { sealedForMs: STAGED_AGE_MAX_MS }, 'STAGED', { timeoutMs: ANSWER_WITHIN_MS, signal }),
      { signal },
    );
    return isSameTime(nowMs, now()) ? unpackBlobIds(blobIds) : [];
  }

  async #unreferenced(blobIds: readonly BlobId[]): Promise<BlobId[]> {
    const referenced = await this.#options.catalogue.isReferenced(blobIds);
    return blobIds.filter((blobId) => !referenced.has(blobId));
  }

  async #letGo(blobIds: readonly BlobId[]): Promise<void> {
    if (blobIds.length === 0) return;
    await this.#options.discards.discard(blobIds);
    this.#options.logger.info({ blobs: blobIds.length }, 'blobs of dead uploads were let go');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#ended.abort();
  }
}

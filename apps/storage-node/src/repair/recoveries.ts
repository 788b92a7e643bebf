/**
 * Follows copies that were bad or gone until good ones are here, and proves those by reading them back: only then is a fault
 * counted as repaired. Fetching is not its work.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type BlobId, type NetStoreError, toNetStoreError, versionIdAt } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue, ReferencedBlob } from '../catalogue/catalogue.ts';
import { retryWhileBusy } from '../replication/retry-while-busy.ts';
import { type FaultCounts, nameBlob } from './fault-counts.ts';

/** Followed at once. A disk that lost more than this is repaired all the same; the rest is counted when nothing is owed any more. */
const FOLLOWED_MAX = 16_384;
/** Looked at in one go. */
const LOOKS_MAX = 64;
const FIRST_INTERVAL_MS = 250;
/** What nobody gives is looked for this seldom. */
const LONGEST_INTERVAL_MS = 30_000;

export interface RecoveriesOptions {
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly counts: FaultCounts;
  readonly logger: Logger;
  /** How many blobs this node lacks. */
  readonly missingBlobs: () => number;
  /** What came in is bad again. */
  readonly takeAgain: (blobId: BlobId, reason: NetStoreError) => Promise<void>;
}

interface Followed {
  readonly blob: ReferencedBlob;
  /** Its copy may turn out bad more than once before a good one is here. */
  readonly faults: number;
}

export class Recoveries {
  readonly #options: RecoveriesOptions;
  readonly #followed = new Map<BlobId, Followed>();
  /** Faults that were not followed, because there were too many. */
  #uncounted = 0;
  #intervalMs = FIRST_INTERVAL_MS;
  #nextLookAt = 0;

  constructor(options: RecoveriesOptions) {
    this.#options = options;
  }

  follow(blob: ReferencedBlob): void {
    this.#intervalMs = FIRST_INTERVAL_MS;
    this.#nextLookAt = 0;
    const known = this.#followed.get(blob.blobId);
    if (known === undefined && this.#followed.size >= FOLLOWED_MAX) this.#uncounted += 1;
    else this.#followed.set(blob.blobId, { blob, faults: (known?.faults ?? 0) + 1 });
  }

  /** Returns when none is followed any more, or the deadline has passed. */
  async settled(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    while (this.#followed.size > 0 && performance.now() < deadline) await sleep(FIRST_INTERVAL_MS, undefined, { signal });
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(FIRST_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
      if (performance.now() < this.#nextLookAt) continue;
      const isAnyBack = await this.#look(signal);
      this.#intervalMs = isAnyBack ? FIRST_INTERVAL_MS : Math.min(2 * this.#intervalMs, LONGEST_INTERVAL_MS);
      this.#nextLookAt = performance.now() + this.#intervalMs;
    }
  }

  async #look(signal: AbortSignal): Promise<boolean> {
    let isAnyBack = false;
    for (const { blob } of [...this.#followed.values()].slice(0, LOOKS_MAX)) {
      if (signal.aborted) break;
      if (await this.#isSettled(blob)) {
        const count = this.#followed.get(blob.blobId)?.faults ?? 1;
        this.#options.counts.countRepaired({ kind: 'repaired', what: nameBlob(blob.blobId, blob), count });
        this.#followed.delete(blob.blobId);
        isAnyBack = true;
      } else this.#putLast(blob.blobId);
    }
    if (this.#uncounted > 0 && this.#options.missingBlobs() === 0) {
      const what = `${this.#uncounted} faults of blobs, too many to follow each`;
      this.#options.counts.countRepaired({ kind: 'repaired', what, count: this.#uncounted });
      this.#uncounted = 0;
    }
    return isAnyBack;
  }

  /** Each has its turn, however many wait. */
  #putLast(blobId: BlobId): void {
    const followed = this.#followed.get(blobId);
    if (followed === undefined) return;
    this.#followed.delete(blobId);
    this.#followed.set(blobId, followed);
  }

  /** A good copy is here, or no file needs one any more. */
  async #isSettled(blob: ReferencedBlob): Promise<boolean> {
    const { blobs, catalogue } = this.#options;
    if (await blobs.has(blob.blobId)) return this.#isGood(blob);
    return (await retryWhileBusy(() => catalogue.findBlob(blob.blobId))) === null;
  }

  async #isGood(blob: ReferencedBlob): Promise<boolean> {
    const { blobs, logger, takeAgain } = this.#options;
    try {
      await blobs.verify(blob);
    } catch (thrown) {
      const error = toNetStoreError(thrown);
      if (error.code === 'NS_BLOB_DAMAGED') await takeAgain(blob.blobId, error);
      else logger.warn({ blobId: blob.blobId, code: error.code, reason: error.message }, 'a copy that was fetched cannot be read back yet');
      return false;
    }
    logger.info({ blobId: blob.blobId, version: versionIdAt(blob.contentId) }, 'a good copy is here again and was read back');
    return true;
  }
}

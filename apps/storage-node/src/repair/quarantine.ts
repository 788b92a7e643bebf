/**
 * A copy that is not what was committed: moved aside, never deleted, counted, and owed again, so that a good copy is fetched from a
 * peer. The log is the judge of every byte: not the other copies, however many of them agree.
 */

import type { Logger } from '@netstore/service-kit';
import { type BlobId, NetStoreError, versionIdAt } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue, ReferencedBlob } from '../catalogue/catalogue.ts';
import { retryWhileBusy } from '../replication/retry-while-busy.ts';
import { type FaultCounts, type Finder, nameBlob } from './fault-counts.ts';

export interface QuarantineOptions {
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly counts: FaultCounts;
  readonly logger: Logger;
  /** The blob is owed from now on. */
  readonly onOwed: (blob: ReferencedBlob) => Promise<void>;
}

export class Quarantine {
  readonly #options: QuarantineOptions;
  /** Two readers may meet the same fault at once: it is one. */
  readonly #underWay = new Map<BlobId, Promise<void>>();

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** `reason`: `NS_BLOB_DAMAGED` or `NS_BLOB_MISSING`. A blob that nothing refers to is only moved aside, and one that was never here is nobody's loss. */
  take(blobId: BlobId, reason: NetStoreError, finder: Finder): Promise<void> {
    const underWay = this.#underWay.get(blobId);
    if (underWay !== undefined) return underWay;
    const taking = this.#take(blobId, reason, finder).finally(() => this.#underWay.delete(blobId));
    this.#underWay.set(blobId, taking);
    return taking;
  }

  async #take(blobId: BlobId, reason: NetStoreError, finder: Finder): Promise<void> {
    const { catalogue } = this.#options;
    const blob = await retryWhileBusy(() => catalogue.findBlob(blobId));
    if (reason.code === 'NS_BLOB_DAMAGED') await this.#takeDamaged(blobId, blob, { reason, finder });
    else if (blob !== null) await this.#takeMissing(blob, finder);
  }

  async #takeDamaged(blobId: BlobId, blob: ReferencedBlob | null, found: { reason: NetStoreError; finder: Finder }): Promise<void> {
    const { blobs, catalogue, counts, logger, onOwed } = this.#options;
    const facts = {
      blobId,
      version: blob === null ? null : versionIdAt(blob.contentId),
      reason: found.reason.message,
      finder: found.finder,
    };
    if (blob !== null && (await this.#isSound(blob))) {
      logger.warn(facts, 'a copy was read wrong and then right: the disk, its cable or the memory of this machine may be failing');
      return;
    }
    await blobs.quarantine(blobId, found.reason.message);
    counts.countFound({ kind: 'damaged', finder: found.finder, what: nameBlob(blobId, blob) });
    logger.error(facts, 'a copy is damaged: it was moved to quarantine');
    // Nobody misses it: there is nothing to make good.
    if (blob === null) return counts.countRepaired({ kind: 'repaired', what: nameBlob(blobId, blob) });
    await retryWhileBusy(() => catalogue.addDebt([blobId]));
    await onOwed(blob);
  }

  async #takeMissing(blob: ReferencedBlob, finder: Finder): Promise<void> {
    const { blobs, catalogue, counts, logger, onOwed } = this.#options;
    // It may have come in since it was looked for.
    if (await blobs.has(blob.blobId)) return;
    const added = await retryWhileBusy(() => catalogue.addDebt([blob.blobId]));
    // What was owed before is late, not gone.
    if (added.length === 0) return;
    counts.countFound({ kind: 'gone', finder, what: nameBlob(blob.blobId, blob) });
    logger.error({ blobId: blob.blobId, version: versionIdAt(blob.contentId), finder }, 'a copy that was here is gone');
    await onOwed(blob);
  }

  /** Before a copy is given up: a bit that flipped in memory, or a copy that was replaced meanwhile, is no reason to. */
  async #isSound(blob: ReferencedBlob): Promise<boolean> {
    try {
      await this.#options.blobs.verify(blob);
      return true;
    } catch (error) {
      if (error instanceof NetStoreError && (error.code === 'NS_BLOB_DAMAGED' || error.code === 'NS_BLOB_MISSING')) return false;
      throw error;
    }
  }
}

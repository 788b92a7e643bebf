/**
 * A copy that is not what was sealed: moved aside, never deleted, counted, and owed again, so that catch-up fetches a good
 * copy from a peer.
 */

import type { Logger } from '@netstore/service-kit';
import type { BlobId, NetStoreError } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';

export interface QuarantineOptions {
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly logger: Logger;
  readonly onTaken: () => Promise<void>;
}

export class Quarantine {
  readonly #options: QuarantineOptions;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** A blob that nothing refers to is only moved aside; one that was never here is nobody's loss. */
  async take(blobId: BlobId, reason: NetStoreError): Promise<void> {
    const { blobs, catalogue, logger, onTaken } = this.#options;
    if (reason.code === 'NS_BLOB_DAMAGED') {
      await blobs.quarantine(blobId, reason.message);
      logger.error({ blobId, reason: reason.message }, 'damaged blob was moved to quarantine');
    }
    if (!(await catalogue.isReferenced([blobId])).has(blobId)) return;
    await catalogue.addDebt([blobId]);
    await onTaken();
  }
}

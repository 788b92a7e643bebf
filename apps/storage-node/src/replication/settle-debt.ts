/** Blobs that were owed are here. */
import type { BlobId } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Applier } from './applier.ts';
import { missingBlobs } from './missing-blobs.ts';
import { retryWhileBusy } from './retry-while-busy.ts';

export interface SettleOptions {
  readonly applier: Applier;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  /** The debt got smaller. */
  readonly onSettled: () => void;
}

export async function settleDebt(blobIds: readonly BlobId[], { applier, catalogue, blobs, onSettled }: SettleOptions): Promise<void> {
  await retryWhileBusy(() => catalogue.settleDebt(blobIds));
  // One may have been found bad and moved aside since it came in: then it was owed already, and is again.
  const absent = await missingBlobs(
    blobIds.map((blobId) => ({ blobId })),
    blobs,
  );
  if (absent.length > 0) await retryWhileBusy(() => catalogue.addDebt(absent.map(({ blobId }) => blobId)));
  // A purge may have freed one while it came in: then its file was not there yet to be unlinked.
  await retryWhileBusy(() => catalogue.trash.unlinkGone(blobIds));
  await applier.refreshDebt();
  onSettled();
}

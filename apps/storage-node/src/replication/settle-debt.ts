/** Blobs that were owed are here. */
import type { BlobId } from '@netstore/shared-types';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Applier } from './applier.ts';
import { retryWhileBusy } from './retry-while-busy.ts';

export interface SettleOptions {
  readonly applier: Applier;
  readonly catalogue: Catalogue;
  /** The debt got smaller. */
  readonly onSettled: () => void;
}

export async function settleDebt(blobIds: readonly BlobId[], { applier, catalogue, onSettled }: SettleOptions): Promise<void> {
  await retryWhileBusy(() => catalogue.settleDebt(blobIds));
  // A purge may have freed one while it came in: then its file was not there yet to be unlinked.
  await retryWhileBusy(() => catalogue.trash.unlinkGone(blobIds));
  await applier.refreshDebt();
  onSettled();
}

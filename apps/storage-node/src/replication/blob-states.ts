/** What this node itself has of some blobs. */
import type { BlobId } from '@netstore/shared-types';
import type { BlobState } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Arrivals } from './arrivals.ts';

/** A blob that comes from a frozen node may never arrive: who asks has a cluster waiting for it. */
const ARRIVAL_MS_MAX = 1_000;

/** In the order asked for. One that is arriving is waited for; what becomes of one that takes too long is not known, which is no absence. */
export async function blobStatesOf(blobIds: readonly BlobId[], blobs: BlobStore, arrivals: Arrivals): Promise<BlobState[]> {
  const found: (BlobState | undefined)[] = [];
  for (const blobId of blobIds) {
    const isKnown = await arrivals.isSettledWithin(blobId, ARRIVAL_MS_MAX);
    if (await blobs.has(blobId)) found.push('held');
    else found.push(isKnown ? undefined : 'damaged');
  }
  const absent = blobIds.filter((_, index) => found[index] === undefined);
  if (absent.length === 0) return found.filter((state) => state !== undefined);
  // Once for all of them, and after they were looked for: what was moved aside in between is found there.
  const aside = await blobs.quarantinedAmong(absent);
  return blobIds.map((blobId, index) => found[index] ?? (aside.has(blobId) ? 'damaged' : 'absent'));
}

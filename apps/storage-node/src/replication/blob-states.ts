/** What this node itself has of some blobs. */
import type { BlobId } from '@netstore/shared-types';
import type { BlobState } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Arrivals } from './arrivals.ts';

/** In the order asked for. One that is arriving is waited for: whether it will be held is not known before. */
export async function blobStatesOf(blobIds: readonly BlobId[], blobs: BlobStore, arrivals: Arrivals): Promise<BlobState[]> {
  const states: BlobState[] = [];
  for (const blobId of blobIds) {
    await arrivals.settled(blobId);
    if ((await blobs.find(blobId)) !== undefined) states.push('held');
    else states.push((await blobs.isQuarantined(blobId)) ? 'damaged' : 'absent');
  }
  return states;
}

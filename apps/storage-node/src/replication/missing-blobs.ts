/** Which blobs are not on this node's disk. A large manifest names tens of thousands: they are looked for side by side. */
import type { BlobId } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';

/** Looked for at once: enough to keep the threads for files busy, few enough to leave the others their turn. */
const LOOKS_AT_ONCE = 16;

export async function missingBlobs<Ref extends { readonly blobId: BlobId }>(refs: readonly Ref[], blobs: BlobStore): Promise<Ref[]> {
  const missing: Ref[] = [];
  for (let at = 0; at < refs.length; at += LOOKS_AT_ONCE) {
    const some = refs.slice(at, at + LOOKS_AT_ONCE);
    const areHere = await Promise.all(some.map((ref) => blobs.has(ref.blobId)));
    missing.push(...some.filter((_, index) => areHere[index] === false));
  }
  return missing;
}

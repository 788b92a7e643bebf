/** Which sealed blobs this node has had in staging for long, for the primary to find out whether anybody needs them. */
import type { BlobId } from '@netstore/shared-types';
import { DISCARD_BLOBS_MAX, packBlobIds } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Handler } from './handler.ts';

export function stagedHandler({ blobs }: { readonly blobs: BlobStore }): Handler<'GET_STAGED'> {
  return async ({ sealedForMs }, connection) => {
    const nowMs = Date.now();
    await connection.send('STAGED', { nowMs, blobIds: packBlobIds(await stagedBefore(blobs, nowMs - sealedForMs)) });
  };
}

async function stagedBefore(blobs: BlobStore, timeMs: number): Promise<BlobId[]> {
  const old: BlobId[] = [];
  for await (const { blobId, sealedAtMs } of blobs.staged()) {
    if (sealedAtMs < timeMs && old.push(blobId) === DISCARD_BLOBS_MAX) break;
  }
  return old;
}

/** Tells the primary that staged blobs will never be committed. Best effort: what is missed here is found by age later. */
import type { BlobId } from '@netstore/shared-types';
import { DISCARD_BLOBS_MAX } from '@netstore/wire-protocol';
import type { StorageNodes } from './storage-nodes.ts';

const ANSWER_WITHIN_MS = 5_000;

export async function abandonBlobs(nodes: StorageNodes, blobIds: readonly BlobId[], requestId: string): Promise<void> {
  for (let first = 0; first < blobIds.length; first += DISCARD_BLOBS_MAX) {
    const some = blobIds.slice(first, first + DISCARD_BLOBS_MAX);
    await nodes.askPrimary((connection, { signal }) =>
      connection.request('ABANDON', { requestId, blobIds: some }, 'ABANDONED', { timeoutMs: ANSWER_WITHIN_MS, signal }),
    );
  }
}

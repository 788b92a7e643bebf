/** Discard: staged blobs that no operation will refer to. Those that one does are left alone. */
import { type DiscardOperation, unpackBlobIds } from '@netstore/wire-protocol';
import type { Applied, ApplyContext } from './apply-context.ts';
import { rejectFailing } from './rejection.ts';

export function applyDiscard({ blobIds }: DiscardOperation, { tables }: ApplyContext): Applied {
  const ids = new Set(rejectFailing('NS_BAD_REQUEST', () => unpackBlobIds(blobIds)));
  const discarded = [...ids].filter((blobId) => tables.contents.findBlob(blobId) === undefined);
  return { entry: null, isCreated: false, discarded };
}

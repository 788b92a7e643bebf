/**
 * Read blob: a run of chunks of one blob, from any node that holds it.
 *
 *   READ_BLOB → · DATA ← (one a chunk, in order) · READ_BLOB_END ←
 *
 * The node checks each chunk before it sends it; the receiver checks it again.
 */
import type { Static } from 'typebox';
import { BlobIdField, Count, message, RequestIdField } from './fields.ts';

export const ReadBlob = message({
  requestId: RequestIdField,
  blobId: BlobIdField,
  firstChunk: Count,
  /** At least 1. More than the blob has from `firstChunk` on: up to its end. */
  chunkCount: Count,
});
export type ReadBlob = Static<typeof ReadBlob>;

export const ReadBlobEnd = message({});
export type ReadBlobEnd = Static<typeof ReadBlobEnd>;

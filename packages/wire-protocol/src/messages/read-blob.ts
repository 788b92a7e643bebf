/**
 * Read blob: a run of chunks of one blob, from any node that holds it.
 *
 *   READ_BLOB → · DATA ← (one a chunk, in order) · READ_BLOB_END ←
 *
 * The node checks each chunk before it sends it; the receiver checks it again.
 */
import type { Static } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
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

export const READ_BLOB_MESSAGES = {
  READ_BLOB: {
    type: 0x14,
    schema: ReadBlob,
    payloadBytesMax: KIB,
    source: ['gateway', 'node'],
    target: ['node'],
    purpose: 'Asks for a run of chunks of one blob.',
  },
  READ_BLOB_END: {
    type: 0x15,
    schema: ReadBlobEnd,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['gateway', 'node'],
    purpose: 'Says that all chunks asked for were sent.',
  },
} as const satisfies Record<string, MessageDefinition>;

/**
 * Put blob: one blob's bytes, from a gateway to the primary and, forwarded frame by frame, from the primary to the
 * secondaries.
 *
 *   PUT_BLOB → · DATA → (one a chunk, in order) · PUT_BLOB_END → · BLOB_HELD ←
 *
 * FAILURE may come at any moment, also between DATA frames. A connection that ends before BLOB_HELD leaves nothing behind.
 */
import type { Static } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { BlobIdField, Count, Epoch, Hash, message, NodeList, nullable, RequestIdField } from './fields.ts';

export const PutBlob = message({
  requestId: RequestIdField,
  /** From the primary: its epoch, checked against the receiver's promise. From a gateway: null. */
  epoch: nullable(Epoch),
  blobId: BlobIdField,
  /** 1 to 8 MiB. */
  lengthBytes: Count,
});
export type PutBlob = Static<typeof PutBlob>;

export const PutBlobEnd = message({
  /** SHA-256 of the CRC table: one big-endian u32 a chunk. It names the blob's content in the manifest. */
  crcTableSha256: Hash,
});
export type PutBlobEnd = Static<typeof PutBlobEnd>;

/** Sent when every node in `holders` holds the blob durably. The primary waits for another full member besides itself. */
export const BlobHeld = message({ blobId: BlobIdField, holders: NodeList });
export type BlobHeld = Static<typeof BlobHeld>;

export const PUT_BLOB_MESSAGES = {
  PUT_BLOB: {
    type: 0x10,
    schema: PutBlob,
    payloadBytesMax: KIB,
    source: ['gateway', 'primary'],
    target: ['primary', 'secondary'],
    purpose: 'Announces a blob whose chunks follow.',
  },
  PUT_BLOB_END: {
    type: 0x12,
    schema: PutBlobEnd,
    payloadBytesMax: KIB,
    source: ['gateway', 'primary'],
    target: ['primary', 'secondary'],
    purpose: 'Says that all chunks were sent, and what their checksums hash to.',
  },
  BLOB_HELD: {
    type: 0x13,
    schema: BlobHeld,
    payloadBytesMax: 2 * KIB,
    source: ['primary', 'secondary'],
    target: ['gateway', 'primary'],
    purpose: 'Says which nodes hold the blob durably.',
  },
} as const satisfies Record<string, MessageDefinition>;

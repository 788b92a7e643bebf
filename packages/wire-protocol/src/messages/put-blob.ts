/**
 * Put blob: one blob's bytes, from a gateway to the primary and, forwarded frame by frame, from the primary to the
 * secondaries.
 *
 *   PUT_BLOB → · DATA → (one a chunk, in order) · PUT_BLOB_END → · BLOB_HELD ←
 *
 * FAILURE may come at any moment, also between DATA frames. A connection that ends before BLOB_HELD leaves nothing behind.
 */
import type { Static } from 'typebox';
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

/**
 * The manifest: which blobs, in which order, make the content of a version.
 *
 * A packed blob reference, one after the other, big endian:
 *
 *   offset  size  field
 *        0    16  blob id
 *       16     4  length in bytes, 1 to 8 MiB
 *       20    32  SHA-256 of the blob's CRC table
 */
import { type BlobId, NetStoreError } from '@netstore/shared-types';

export const CHUNK_BYTES = 64 * 1024;
/** What an encrypted chunk may be longer by. */
export const CHUNK_TAG_BYTES = 16;
export const BLOB_BYTES_MAX = 8 * 1024 * 1024;
export const BLOB_ID_BYTES = 16;
export const BLOB_REF_BYTES = 52;
/** 512 GiB in blobs of 8 MiB. */
export const MANIFEST_BLOBS_MAX = 65_536;
/** Blobs in one page of a manifest that a node sends. */
export const MANIFEST_PAGE_BLOBS_MAX = 1024;

export interface BlobRef {
  readonly blobId: BlobId;
  readonly lengthBytes: number;
  /** 32 bytes. */
  readonly crcTableSha256: Uint8Array;
}

export function packBlobRefs(refs: readonly BlobRef[]): Uint8Array {
  const packed = Buffer.allocUnsafe(refs.length * BLOB_REF_BYTES);
  refs.forEach((ref, index) => {
    const at = index * BLOB_REF_BYTES;
    packed.write(ref.blobId, at, 'hex');
    packed.writeUInt32BE(ref.lengthBytes, at + 16);
    packed.set(ref.crcTableSha256, at + 20);
  });
  return packed;
}

/** Throws `NS_FRAME_MALFORMED` when the bytes are no whole number of references or a length is out of range. */
export function unpackBlobRefs(packed: Uint8Array): BlobRef[] {
  const count = packed.length / BLOB_REF_BYTES;
  if (!Number.isInteger(count))
    throw new NetStoreError('NS_FRAME_MALFORMED', `Manifest is not whole references: ${packed.length} bytes, ${BLOB_REF_BYTES} each`);
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: count }, (_, index) => readBlobRef(bytes, index * BLOB_REF_BYTES));
}

function readBlobRef(bytes: Buffer, at: number): BlobRef {
  const lengthBytes = bytes.readUInt32BE(at + 16);
  if (lengthBytes < 1 || lengthBytes > BLOB_BYTES_MAX) {
    throw new NetStoreError('NS_FRAME_MALFORMED', `Blob length is out of range: expected 1 to ${BLOB_BYTES_MAX}, got ${lengthBytes}`);
  }
  const blobId = bytes.toString('hex', at, at + BLOB_ID_BYTES) as BlobId;
  return {
    blobId,
    lengthBytes,
    crcTableSha256: bytes.subarray(at + 20, at + BLOB_REF_BYTES),
  };
}

export function packBlobIds(blobIds: readonly BlobId[]): Uint8Array {
  return Buffer.from(blobIds.join(''), 'hex');
}

/** Throws `NS_FRAME_MALFORMED` when the bytes are no whole number of ids. */
export function unpackBlobIds(packed: Uint8Array): BlobId[] {
  if (packed.length % BLOB_ID_BYTES !== 0)
    throw new NetStoreError('NS_FRAME_MALFORMED', `Blob ids are not whole: ${packed.length} bytes, ${BLOB_ID_BYTES} each`);
  const hex = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('hex');
  return hex.match(/.{32}/g)?.map((id) => id as BlobId) ?? [];
}

/** How many chunks a blob of this length has. */
export function chunkCountOf(lengthBytes: number): number {
  return Math.ceil(lengthBytes / CHUNK_BYTES);
}

/**
 * The file of one blob: its chunks, then a footer that proves them.
 *
 *   offset     size  field (integers big endian; n = number of chunks, L = length of the blob)
 *        0        L  the chunks, one after the other: 64 KiB each, fewer in the last
 *        L       4n  CRC32C of each chunk, as `ChunkChecksum` gives it
 *   L + 4n        8  "NSBLOB" and two zeros
 *     +  8        4  format version, 1
 *     + 12       16  blob id
 *     + 28        4  L
 *     + 32        4  n
 *     + 36        4  CRC32C of the footer up to here, the chunks' checksums included
 *
 * The footer ends the file, so that writing is one pass and reading finds it from the end. A file of any other length is
 * damaged.
 */

import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { BLOB_BYTES_MAX, chunkCountOf, packCrcTable } from '@netstore/wire-protocol';
import { crc32c } from '@node-rs/crc32';

const MAGIC = 'NSBLOB\0\0';
const FORMAT_VERSION = 1;
const FIXED_BYTES = 40;
const CRC_BYTES = 4;

export const FOOTER_BYTES_MAX = footerBytes(chunkCountOf(BLOB_BYTES_MAX));

export interface BlobFooter {
  readonly lengthBytes: number;
  /** One checksum a chunk, unsigned. */
  readonly crcs: readonly number[];
}

export function footerBytes(chunkCount: number): number {
  return chunkCount * CRC_BYTES + FIXED_BYTES;
}

export function encodeFooter(blobId: BlobId, { lengthBytes, crcs }: BlobFooter): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES);
  fixed.write(MAGIC, 0, 'latin1');
  fixed.writeUInt32BE(FORMAT_VERSION, 8);
  fixed.write(blobId, 12, 'hex');
  fixed.writeUInt32BE(lengthBytes, 28);
  fixed.writeUInt32BE(crcs.length, 32);
  const footer = Buffer.concat([packCrcTable(crcs), fixed]);
  footer.writeUInt32BE(crc32c(footer.subarray(0, -CRC_BYTES)), footer.length - CRC_BYTES);
  return footer;
}

/**
 * From the last bytes of the file, `FOOTER_BYTES_MAX` of them if it has so many. Throws `NS_BLOB_DAMAGED` when they do not
 * prove a blob of this id in a file of `fileBytes`, and `NS_VERSION_UNSUPPORTED` when a newer program sealed it.
 */
export function parseFooter(blobId: BlobId, tail: Buffer, fileBytes: number): BlobFooter {
  const fixed = tail.subarray(Math.max(0, tail.length - FIXED_BYTES));
  if (fixed.length < FIXED_BYTES || fixed.toString('latin1', 0, 8) !== MAGIC) throw damaged(blobId, 'it does not end in a footer');
  const chunkCount = fixed.readUInt32BE(32);
  const footer = tail.subarray(Math.max(0, tail.length - footerBytes(chunkCount)));
  if (footer.length !== footerBytes(chunkCount)) throw damaged(blobId, `its footer names ${chunkCount} chunks`);
  if (fixed.readUInt32BE(36) !== crc32c(footer.subarray(0, -CRC_BYTES))) throw damaged(blobId, 'the checksum of its footer is wrong');
  const version = fixed.readUInt32BE(8);
  if (version !== FORMAT_VERSION) {
    throw new NetStoreError(
      'NS_VERSION_UNSUPPORTED',
      `Blob ${blobId} has format ${version}, this program knows ${FORMAT_VERSION}: start a newer version of NetStore`,
    );
  }
  const lengthBytes = fixed.readUInt32BE(28);
  if (fixed.toString('hex', 12, 28) !== blobId) throw damaged(blobId, `its footer is of blob ${fixed.toString('hex', 12, 28)}`);
  if (chunkCount !== chunkCountOf(lengthBytes) || fileBytes !== lengthBytes + footer.length) {
    throw damaged(blobId, `its file has ${fileBytes} bytes, its footer speaks of ${lengthBytes} in ${chunkCount} chunks`);
  }
  return { lengthBytes, crcs: Array.from({ length: chunkCount }, (_, index) => footer.readUInt32BE(index * CRC_BYTES)) };
}

export function missing(blobId: BlobId): NetStoreError {
  return new NetStoreError('NS_BLOB_MISSING', `Blob ${blobId} is not here`, { details: { blobId } });
}

export function damaged(blobId: BlobId, reason: string, cause?: unknown): NetStoreError {
  return new NetStoreError('NS_BLOB_DAMAGED', `Blob ${blobId} is damaged: ${reason}`, { cause, details: { blobId } });
}

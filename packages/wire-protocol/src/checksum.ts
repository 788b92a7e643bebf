/**
 * CRC32C of chunks. It covers where the bytes belong (blob and index) besides the bytes, so that a chunk in the wrong
 * place is found like a flipped bit.
 */
import { createHash } from 'node:crypto';
import type { BlobId } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';
import { BLOB_ID_BYTES } from './manifest.ts';

/** Computes the checksums of one blob's chunks. */
export class ChunkChecksum {
  readonly #place = Buffer.alloc(BLOB_ID_BYTES + 4);

  constructor(blobId: BlobId) {
    this.#place.write(blobId, 0, 'hex');
  }

  /** An unsigned 32-bit number. */
  of(chunkIndex: number, bytes: Uint8Array): number {
    this.#place.writeUInt32BE(chunkIndex, BLOB_ID_BYTES);
    return crc32c(bytes, crc32c(this.#place));
  }
}

/** The checksums as big-endian u32, one after the other: what a blob's footer holds and its manifest entry hashes. */
export function packCrcTable(crcs: readonly number[]): Buffer {
  const table = Buffer.allocUnsafe(crcs.length * 4);
  crcs.forEach((crc, index) => {
    table.writeUInt32BE(crc, index * 4);
  });
  return table;
}

/** 32 bytes. */
export function crcTableSha256(table: Uint8Array): Uint8Array {
  return createHash('sha256').update(table).digest();
}

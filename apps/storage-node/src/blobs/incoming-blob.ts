/** What the chunks of one blob must be on their way in, whichever store takes them. Pure. */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { BLOB_BYTES_MAX, CHUNK_BYTES, ChunkChecksum, chunkCountOf, crcTableSha256, packCrcTable } from '@netstore/wire-protocol';
import type { Chunk } from './blob-store.ts';

export class IncomingBlob {
  readonly blobId: BlobId;
  readonly lengthBytes: number;
  readonly #chunkCount: number;
  readonly #checksum: ChunkChecksum;
  readonly #crcs: number[] = [];

  /** Throws `NS_FRAME_MALFORMED` when a blob cannot have this length. */
  constructor(blobId: BlobId, lengthBytes: number) {
    if (!Number.isInteger(lengthBytes) || lengthBytes < 1 || lengthBytes > BLOB_BYTES_MAX) {
      throw new NetStoreError('NS_FRAME_MALFORMED', `Blob length is out of range: expected 1 to ${BLOB_BYTES_MAX}, got ${lengthBytes}`);
    }
    this.blobId = blobId;
    this.lengthBytes = lengthBytes;
    this.#chunkCount = chunkCountOf(lengthBytes);
    this.#checksum = new ChunkChecksum(blobId);
  }

  get crcs(): readonly number[] {
    return this.#crcs;
  }

  /** Takes the next chunk or says why not, and then stays as it was. Throws `NS_FRAME_MALFORMED` and `NS_CHECKSUM_MISMATCH`. */
  accept({ chunkIndex, crc, bytes }: Chunk): void {
    const expectedIndex = this.#crcs.length;
    if (chunkIndex !== expectedIndex || expectedIndex >= this.#chunkCount) {
      throw new NetStoreError(
        'NS_FRAME_MALFORMED',
        `Chunk is out of order: expected ${expectedIndex} of ${this.#chunkCount}, got ${chunkIndex}`,
      );
    }
    const expectedBytes = Math.min(CHUNK_BYTES, this.lengthBytes - chunkIndex * CHUNK_BYTES);
    if (bytes.length !== expectedBytes) {
      throw new NetStoreError(
        'NS_FRAME_MALFORMED',
        `Chunk ${chunkIndex} has the wrong length: expected ${expectedBytes}, got ${bytes.length}`,
      );
    }
    const actual = this.#checksum.of(chunkIndex, bytes);
    if (actual !== crc) {
      throw new NetStoreError(
        'NS_CHECKSUM_MISMATCH',
        `Chunk ${chunkIndex} of blob ${this.blobId} arrived damaged: expected checksum ${crc}, got ${actual}`,
      );
    }
    this.#crcs.push(crc);
  }

  /** Throws `NS_BODY_LENGTH_MISMATCH` when chunks are missing, `NS_DIGEST_MISMATCH` when they are not what was announced. */
  finish(expectedTableSha256: Uint8Array): void {
    if (this.#crcs.length !== this.#chunkCount) {
      throw new NetStoreError(
        'NS_BODY_LENGTH_MISMATCH',
        `Blob ${this.blobId} is short: expected ${this.#chunkCount} chunks, got ${this.#crcs.length}`,
      );
    }
    if (Buffer.compare(crcTableSha256(packCrcTable(this.#crcs)), expectedTableSha256) !== 0) {
      throw new NetStoreError('NS_DIGEST_MISMATCH', `Blob ${this.blobId} is not the one announced: its checksums have another digest`);
    }
  }
}

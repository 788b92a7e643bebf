/** A blob while it is filled in memory, from slab to slab. `seal` computes the checksums and makes it ready to be sent. */
import { newBlobId } from '@netstore/shared-types';
import { CHUNK_BYTES, type Chunk, ChunkChecksum, crcTableSha256, packCrcTable } from '@netstore/wire-protocol';
import type { OutgoingBlob } from '../cluster/put-blob.ts';

export class FillingBlob {
  /** In the order of the bytes. All but the last of them are whole numbers of chunks long. */
  readonly slabs: Buffer[] = [];
  #lengthBytes = 0;
  #roomBytes = 0;

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  get isEmpty(): boolean {
    return this.#lengthBytes === 0;
  }

  /** Only then may another slab follow. */
  get isWholeChunks(): boolean {
    return this.#lengthBytes % CHUNK_BYTES === 0;
  }

  get hasRoom(): boolean {
    return this.#roomBytes > 0;
  }

  addSlab(slab: Buffer): void {
    this.slabs.push(slab);
    this.#roomBytes = slab.length;
  }

  /** Copies as much of `bytes` as there is room for, and returns the rest. */
  append(bytes: Buffer): Buffer {
    const slab = this.slabs.at(-1);
    if (slab === undefined) return bytes;
    const copied = bytes.copy(slab, slab.length - this.#roomBytes, 0, this.#roomBytes);
    this.#roomBytes -= copied;
    this.#lengthBytes += copied;
    return bytes.subarray(copied);
  }

  /** Nothing may be appended afterwards. */
  seal(): OutgoingBlob {
    const blobId = newBlobId();
    const checksum = new ChunkChecksum(blobId);
    const chunks = this.#pieces().map((bytes, chunkIndex): Chunk => ({ chunkIndex, crc: checksum.of(chunkIndex, bytes), bytes }));
    const table = packCrcTable(chunks.map(({ crc }) => crc));
    return { blobId, lengthBytes: this.#lengthBytes, chunks, crcTableSha256: crcTableSha256(table) };
  }

  #pieces(): Buffer[] {
    const pieces: Buffer[] = [];
    let leftBytes = this.#lengthBytes;
    for (const slab of this.slabs) {
      const used = slab.subarray(0, Math.min(slab.length, leftBytes));
      for (let at = 0; at < used.length; at += CHUNK_BYTES) pieces.push(used.subarray(at, at + CHUNK_BYTES));
      leftBytes -= used.length;
    }
    return pieces;
  }
}

/** Blobs for tests: random bytes cut into checked chunks. */
import { randomBytes } from 'node:crypto';
import { type BlobId, newBlobId } from '@netstore/shared-types';
import { CHUNK_BYTES, ChunkChecksum, crcTableSha256, packCrcTable } from '@netstore/wire-protocol';
import type { BlobReader, BlobStore, Chunk } from '../blob-store.ts';

export interface TestBlob {
  readonly blobId: BlobId;
  readonly bytes: Buffer;
  readonly chunks: readonly Chunk[];
  readonly crcTableSha256: Uint8Array;
}

export function makeBlob(lengthBytes: number, blobId: BlobId = newBlobId()): TestBlob {
  const bytes = randomBytes(lengthBytes);
  const checksum = new ChunkChecksum(blobId);
  const chunks: Chunk[] = [];
  for (let at = 0; at < lengthBytes; at += CHUNK_BYTES) {
    const chunkIndex = chunks.length;
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    chunks.push({ chunkIndex, crc: checksum.of(chunkIndex, chunk), bytes: chunk });
  }
  return { blobId, bytes, chunks, crcTableSha256: crcTableSha256(packCrcTable(chunks.map(({ crc }) => crc))) };
}

export async function stageBlob(store: BlobStore, blob: TestBlob): Promise<void> {
  await using writer = await store.stage(blob.blobId, blob.bytes.length);
  for (const chunk of blob.chunks) await writer.write(chunk);
  await writer.seal(blob.crcTableSha256);
}

export async function readBlob(store: BlobReader, blobId: BlobId, firstChunk = 0, chunkCount = 128): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const { chunkIndex, bytes } of store.read(blobId, firstChunk, chunkCount)) {
    if (chunkIndex !== firstChunk + parts.length) throw new Error(`chunk ${chunkIndex} came as number ${firstChunk + parts.length}`);
    parts.push(Buffer.from(bytes));
  }
  return Buffer.concat(parts);
}

/** Sorted. */
export async function stagedIds(store: BlobStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { blobId } of store.staged()) ids.push(blobId);
  return ids.sort();
}

/**
 * Reads the file of one blob: footer first, then chunks in large pieces, each chunk held against its checksum. Nothing leaves here
 * unchecked.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { BlobId } from '@netstore/shared-types';
import { CHUNK_BYTES, ChunkChecksum } from '@netstore/wire-protocol';
import { errnoOf, toDiskError } from '../log/disk-error.ts';
import { readFully } from '../log/durable-file.ts';
import { type BlobFooter, damaged, FOOTER_BYTES_MAX, parseFooter } from './blob-file.ts';
import type { Chunk } from './blob-store.ts';

/** Read at once: 16 chunks. */
const PIECE_CHUNKS = 16;

/**
 * A bad sector, or no file at all: such a copy serves nobody, and is as good as damaged. A file that may not be read is no such thing:
 * that is seldom one file, and a mistake to be put right, not rot.
 */
const UNREADABLE = new Set(['EIO', 'EISDIR']);

export function isUnreadable(error: unknown): boolean {
  return UNREADABLE.has(errnoOf(error) ?? '');
}

export interface ChunkRange {
  readonly firstChunk: number;
  readonly chunkCount: number;
}

/** Throws `NS_BLOB_DAMAGED`, and the system's own error when the file is not there. */
export async function openBlobFile(path: string, blobId: BlobId): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY);
  } catch (error) {
    if (isUnreadable(error)) throw damaged(blobId, 'its file cannot be opened', error);
    throw error;
  }
}

/** Throws `NS_BLOB_DAMAGED`. */
export async function readFooter(handle: FileHandle, blobId: BlobId): Promise<BlobFooter> {
  const { size } = await handle.stat();
  const tail = Buffer.alloc(Math.min(size, FOOTER_BYTES_MAX));
  const count = await readPiece(handle, blobId, { into: tail, position: size - tail.length });
  return parseFooter(blobId, tail.subarray(0, count), size);
}

/** Of the range, what the blob has of it. Throws `NS_BLOB_DAMAGED` at the first chunk that is not what was sealed. */
export async function* readChunks(handle: FileHandle, blobId: BlobId, footer: BlobFooter, range: ChunkRange): AsyncGenerator<Chunk> {
  const checksum = new ChunkChecksum(blobId);
  const end = Math.min(range.firstChunk + range.chunkCount, footer.crcs.length);
  let [memory, spare] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (let pieceChunk = range.firstChunk; pieceChunk < end; pieceChunk += PIECE_CHUNKS) {
    const pieceEnd = Math.min(pieceChunk + PIECE_CHUNKS, end);
    const position = pieceChunk * CHUNK_BYTES;
    // Two pieces take turns: a socket may still hold the last chunks of the one before, never a whole piece of them.
    const pieceBytes = Math.min(pieceEnd * CHUNK_BYTES, footer.lengthBytes) - position;
    [memory, spare] = [spare.length < pieceBytes ? Buffer.allocUnsafeSlow(pieceBytes) : spare, memory];
    const piece = memory.subarray(0, pieceBytes);
    const count = await readPiece(handle, blobId, { into: piece, position });
    if (count !== piece.length) throw damaged(blobId, `its file ends at byte ${position + count}`);
    for (let chunkIndex = pieceChunk; chunkIndex < pieceEnd; chunkIndex += 1) {
      const at = chunkIndex * CHUNK_BYTES - position;
      const bytes = piece.subarray(at, Math.min(at + CHUNK_BYTES, piece.length));
      yield expectChunk(blobId, footer, { chunkIndex, bytes, checksum });
    }
  }
}

interface ChunkRead {
  readonly chunkIndex: number;
  readonly bytes: Uint8Array;
  readonly checksum: ChunkChecksum;
}

/** Throws `NS_BLOB_DAMAGED`. */
export function expectChunk(blobId: BlobId, footer: BlobFooter, { chunkIndex, bytes, checksum }: ChunkRead): Chunk {
  const crc = footer.crcs[chunkIndex] ?? 0;
  const actual = checksum.of(chunkIndex, bytes);
  if (actual !== crc) throw damaged(blobId, `chunk ${chunkIndex} has checksum ${actual}, sealed with ${crc}`);
  return { chunkIndex, crc, bytes };
}

async function readPiece(handle: FileHandle, blobId: BlobId, { into, position }: { into: Buffer; position: number }): Promise<number> {
  try {
    return await readFully(handle, into, position);
  } catch (error) {
    if (isUnreadable(error)) throw damaged(blobId, 'its file cannot be read', error);
    throw toDiskError(error, `Reading blob ${blobId}`);
  }
}

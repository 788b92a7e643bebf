/**
 * Proves the file of one blob by the log's word: its footer has to hash to what the manifest says, and every chunk has to have the
 * checksum that stands in the footer. Reads past the page cache where the system can, since a cached page hides the sector that has
 * rotted under it. The file's time then says when that was.
 */
import { type FileHandle, stat } from 'node:fs/promises';
import { type BlobRef, CHUNK_BYTES, ChunkChecksum, crcTableSha256, packCrcTable } from '@netstore/wire-protocol';
import { errnoOf, toDiskError } from '../log/disk-error.ts';
import type { UncachedReader } from '../log/uncached-reader.ts';
import { type BlobFooter, damaged, FOOTER_BYTES_MAX, missing, parseFooter } from './blob-file.ts';
import { expectChunk, isUnreadable } from './blob-reader.ts';

/** Read at once. */
const PIECE_BYTES = 16 * CHUNK_BYTES;
/** A read proves a blob intact; that it did is noted at most this often. */
const VERIFIED_NOTE_MS = 60_000;

/** Throws `NS_BLOB_DAMAGED`, and `NS_BLOB_MISSING` when the file has left its place. */
export async function verifyFile(path: string, ref: BlobRef, reader: UncachedReader): Promise<void> {
  try {
    const { size } = await stat(path);
    const tailBytes = Math.min(size, FOOTER_BYTES_MAX);
    const footer = parseFooter(ref.blobId, await reader.read(path, size - tailBytes, tailBytes), size);
    requireSealedAs(ref, footer);
    const checksum = new ChunkChecksum(ref.blobId);
    for (let position = 0; position < footer.lengthBytes; position += PIECE_BYTES) {
      const pieceBytes = Math.min(PIECE_BYTES, footer.lengthBytes - position);
      const piece = await reader.read(path, position, pieceBytes);
      if (piece.length !== pieceBytes) throw damaged(ref.blobId, `its file ends at byte ${position + piece.length}`);
      for (let at = 0; at < piece.length; at += CHUNK_BYTES) {
        expectChunk(ref.blobId, footer, {
          chunkIndex: (position + at) / CHUNK_BYTES,
          bytes: piece.subarray(at, at + CHUNK_BYTES),
          checksum,
        });
      }
    }
  } catch (error) {
    if (isUnreadable(error)) throw damaged(ref.blobId, 'its file cannot be read', error);
    if (errnoOf(error) === 'ENOENT') throw missing(ref.blobId);
    throw toDiskError(error, `Proving blob ${ref.blobId}`);
  }
}

/** A whole file of the right name may still be another one than was committed: the log decides, not the file. */
export function requireSealedAs(ref: BlobRef, { lengthBytes, crcs }: BlobFooter): void {
  if (lengthBytes !== ref.lengthBytes) throw damaged(ref.blobId, `it has ${lengthBytes} bytes, the log says ${ref.lengthBytes}`);
  if (Buffer.compare(crcTableSha256(packCrcTable(crcs)), ref.crcTableSha256) !== 0) {
    throw damaged(ref.blobId, 'its checksums are not those that the log names');
  }
}

export async function noteVerified(handle: FileHandle): Promise<void> {
  const { mtimeMs } = await handle.stat();
  const now = Date.now();
  // A time in the future is of a clock that was wrong.
  if (mtimeMs <= now && now - mtimeMs < VERIFIED_NOTE_MS) return;
  const nowSeconds = now / 1000;
  try {
    await handle.utimes(nowSeconds, nowSeconds);
  } catch (error) {
    // The bytes were right all the same; a disk that refuses times will be heard of elsewhere.
    if (errnoOf(error) === undefined) throw error;
  }
}

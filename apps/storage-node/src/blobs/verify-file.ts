/**
 * Proves the file of one blob by the log's word: its footer has to hash to what the manifest says, and every chunk has to have the
 * checksum that stands in the footer. The file's time then says when that was.
 *
 * The bytes may come from the page cache, since Node has no call that goes past it. What was read or written a short while ago may
 * therefore be proven in memory only; over the weeks between two rounds nearly all of it comes from the disk.
 */
import type { FileHandle } from 'node:fs/promises';
import { type BlobRef, crcTableSha256, packCrcTable } from '@netstore/wire-protocol';
import { errnoOf } from '../log/disk-error.ts';
import { type BlobFooter, damaged } from './blob-file.ts';
import { readChunks, readFooter } from './blob-reader.ts';

/** A read proves a blob intact; that it did is noted at most this often. */
const VERIFIED_NOTE_MS = 60_000;

/** Throws `NS_BLOB_DAMAGED`. */
export async function verifyFile(handle: FileHandle, ref: BlobRef): Promise<void> {
  const footer = await readFooter(handle, ref.blobId);
  requireSealedAs(ref, footer);
  const chunks = readChunks(handle, ref.blobId, footer, { firstChunk: 0, chunkCount: footer.crcs.length });
  while ((await chunks.next()).done !== true);
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
  // A time in the future is a clock that was wrong.
  if (mtimeMs <= now && now - mtimeMs < VERIFIED_NOTE_MS) return;
  const nowSeconds = now / 1000;
  try {
    await handle.utimes(nowSeconds, nowSeconds);
  } catch (error) {
    // The bytes were right all the same; a disk that refuses times will be heard of elsewhere.
    if (errnoOf(error) === undefined) throw error;
  }
}

/**
 * Reads what the disk holds, past the page cache: a cached page that is sound hides the sector that has rotted under it.
 *
 * Linux gives such reads (O_DIRECT) only at multiples of the disk's block, in the file and in memory. Where a buffer lies in memory
 * cannot be asked for in JavaScript, so the first read tries until the system accepts a place; the buffer never moves. Where there are
 * no such reads (other systems, tmpfs) it reads through the cache.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf } from './disk-error.ts';
import { readFully } from './durable-file.ts';

/** No disk in use has larger blocks; reads at its multiples fit those of all others. */
const BLOCK_BYTES = 4096;
/** What buffers are aligned to at least. */
const PLACE_STEP_BYTES = 16;
const PIECE_BYTES = 1024 * 1024;
/** Undefined where the system has none, whatever the types say. */
const DIRECT: number | undefined = constants.O_DIRECT;

export class UncachedReader {
  #buffer: Buffer | undefined;
  /** Where in the buffer a block begins; found by the first read. */
  #place: number | undefined;

  /** Fewer bytes than asked for only at the end of the file. One read at a time. */
  async read(path: string, position: number, lengthBytes: number): Promise<Buffer> {
    await using handle = await openUncached(path);
    if (handle === undefined) return await readCached(path, position, lengthBytes);
    const bytes = Buffer.allocUnsafe(lengthBytes);
    let done = 0;
    while (done < lengthBytes) {
      const at = position + done;
      const from = at - (at % BLOCK_BYTES);
      const piece = await this.#readPiece(handle, from, Math.min(PIECE_BYTES, roundUp(position + lengthBytes - from)));
      if (piece === undefined) return await readCached(path, position, lengthBytes);
      const copied = piece.subarray(at - from).copy(bytes, done);
      if (copied === 0) break;
      done += copied;
    }
    return bytes.subarray(0, done);
  }

  /** Undefined when the system accepts no place in the buffer. */
  async #readPiece(handle: FileHandle, position: number, lengthBytes: number): Promise<Buffer | undefined> {
    this.#buffer ??= Buffer.allocUnsafeSlow(PIECE_BYTES + BLOCK_BYTES);
    const first = this.#place ?? 0;
    const end = this.#place === undefined ? BLOCK_BYTES : first + PLACE_STEP_BYTES;
    for (let place = first; place < end; place += PLACE_STEP_BYTES) {
      try {
        const { bytesRead } = await handle.read(this.#buffer, place, lengthBytes, position);
        this.#place = place;
        return this.#buffer.subarray(place, place + bytesRead);
      } catch (error) {
        if (errnoOf(error) !== 'EINVAL') throw error;
      }
    }
    return undefined;
  }
}

/** Undefined when the file system has no such reads. */
async function openUncached(path: string): Promise<FileHandle | undefined> {
  if (DIRECT === undefined) return undefined;
  try {
    return await open(path, constants.O_RDONLY | DIRECT);
  } catch (error) {
    if (errnoOf(error) === 'EINVAL') return undefined;
    throw error;
  }
}

async function readCached(path: string, position: number, lengthBytes: number): Promise<Buffer> {
  await using handle = await open(path, 'r');
  const bytes = Buffer.allocUnsafe(lengthBytes);
  return bytes.subarray(0, await readFully(handle, bytes, position));
}

function roundUp(lengthBytes: number): number {
  return Math.ceil(lengthBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

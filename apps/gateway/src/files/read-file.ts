/**
 * The bytes of a file, or of a range of it, as a generator: read in windows from any replica, one window ahead of the client,
 * every chunk checked. A whole file is also compared with its SHA-256 before its last piece is given out, so that whoever got
 * all bytes got the right ones; otherwise it throws, and the caller must not end the response cleanly.
 */
import { createHash } from 'node:crypto';
import { NetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES } from '@netstore/wire-protocol';
import { getManifest } from '../cluster/metadata.ts';
import { type ChunkRun, type ReadChunksOptions, readChunks } from '../cluster/read-chunks.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { ByteRange } from './byte-range.ts';
import type { DownloadShare } from './download-memory.ts';
import { sha256Hex } from './entry-view.ts';
import { type PlacedBlob, walkManifest } from './manifest-walk.ts';
import type { OpenedFile } from './open-file.ts';

/** Made once: a reason of its own for each file would be a stack trace each. */
const ENDED = new NetStoreError('NS_CONNECTION_LOST', 'Nobody reads on');

export interface ReadFileOptions {
  readonly requestId: string;
  readonly share: DownloadShare;
  readonly signal: AbortSignal;
}

/** Never yields a byte outside of `range`, which lies inside the file. A piece may be read until the next one is asked for. */
export async function* readRange(
  nodes: StorageNodes,
  file: OpenedFile,
  options: ReadFileOptions & { readonly range: ByteRange },
): AsyncGenerator<Uint8Array> {
  const { requestId, range, share } = options;
  // Ends the window that is being read ahead when the client is gone or the reading failed.
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const { contentId } = file.manifest;
  const walk = { known: file.manifest, fetchPage: (firstByte: number) => getManifest(nodes, { requestId, contentId, firstByte }, signal) };
  let ahead: Promise<readonly Piece[]> | undefined;
  try {
    for await (const window of windowsOf(walkManifest(walk, range), range, share)) {
      const reading = readWindow(nodes, window, { requestId, signal, takeSlab: share.takeSlab });
      // Seen when it is awaited below; until then a failure must not count as unhandled.
      reading.catch(() => undefined);
      if (ahead !== undefined) yield* handOn(await ahead, share);
      ahead = reading;
    }
    if (ahead !== undefined) yield* handOn(await ahead, share);
  } finally {
    ending.abort(ENDED);
  }
}

/** The whole file, its digest compared. A piece may be read until the next one is asked for. */
export async function* readWhole(nodes: StorageNodes, file: OpenedFile, options: ReadFileOptions): AsyncGenerator<Uint8Array> {
  const { sizeBytes, sha256 } = file.file;
  if (sizeBytes === 0) return;
  const hash = createHash('sha256');
  let leftBytes = sizeBytes;
  for await (const piece of readRange(nodes, file, { ...options, range: { first: 0, last: sizeBytes - 1 } })) {
    hash.update(piece);
    leftBytes -= piece.length;
    if (leftBytes <= 0 && !hash.digest().equals(sha256)) {
      throw new NetStoreError(
        'NS_BLOB_DAMAGED',
        `The bytes of content ${file.manifest.contentId} do not have the digest ${sha256Hex(sha256)}`,
      );
    }
    yield piece;
  }
  if (leftBytes !== 0)
    throw new NetStoreError('NS_INTERNAL', `Manifest has other bytes than the file: ${leftBytes} are left of ${sizeBytes}`);
}

interface Window extends ChunkRun {
  /** Bytes of the first chunk that come before the range. */
  readonly skipBytes: number;
  readonly lengthBytes: number;
}

async function* windowsOf(blobs: AsyncIterable<PlacedBlob>, range: ByteRange, share: DownloadShare): AsyncGenerator<Window> {
  for await (const { blobId, lengthBytes: blobBytes, offsetBytes } of blobs) {
    const end = Math.min(blobBytes, range.last + 1 - offsetBytes);
    for (let at = Math.max(0, range.first - offsetBytes); at < end; ) {
      const firstChunk = Math.floor(at / CHUNK_BYTES);
      const endChunk = Math.min(Math.ceil(end / CHUNK_BYTES), firstChunk + share.windowChunks);
      const next = Math.min(end, endChunk * CHUNK_BYTES);
      yield {
        blobId,
        blobBytes,
        firstChunk,
        chunkCount: endChunk - firstChunk,
        skipBytes: at - firstChunk * CHUNK_BYTES,
        lengthBytes: next - at,
      };
      at = next;
    }
  }
}

interface Piece {
  readonly slab: Buffer;
  readonly bytes: Buffer;
}

/** Its bytes of the range, one piece a chunk. */
async function readWindow(nodes: StorageNodes, window: Window, options: ReadChunksOptions): Promise<readonly Piece[]> {
  const filled = await readChunks(nodes, window, options);
  let leftBytes = window.lengthBytes;
  return filled.map(({ slab, lengthBytes }, index) => {
    const start = index === 0 ? window.skipBytes : 0;
    const bytes = slab.subarray(start, Math.min(lengthBytes, start + leftBytes));
    leftBytes -= bytes.length;
    return { slab, bytes };
  });
}

/** Who asks for the next piece is done with the one before; who leaves in the middle may not be, and its slabs are lost. */
async function* handOn(pieces: readonly Piece[], share: DownloadShare): AsyncGenerator<Uint8Array> {
  for (const { slab, bytes } of pieces) {
    yield bytes;
    share.giveBack(slab);
  }
}

/**
 * Reads a run of chunks of one blob from whichever replica can give it. Every chunk is checked here, after its last hop; a
 * replica that is dead, slow or wrong is replaced from the first chunk it did not deliver, so the caller sees only good bytes.
 */
import { type BlobId, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, type Chunk, ChunkChecksum } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { NodeLink } from './node-link.ts';
import type { StorageNodes } from './storage-nodes.ts';

/** Between two chunks. A node that needs longer is worse than another replica. */
const CHUNK_WITHIN_MS = 5_000;

export interface ChunkRun {
  readonly blobId: BlobId;
  /** Of the whole blob. */
  readonly blobBytes: number;
  readonly firstChunk: number;
  /** The blob has at least this many from `firstChunk` on. */
  readonly chunkCount: number;
}

export interface ReadChunksOptions {
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Throws `NS_BLOB_MISSING`, naming each node and its reason, when no replica can give a chunk. */
export async function readChunks(nodes: StorageNodes, run: ChunkRun, options: ReadChunksOptions): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const failed = new Map<NodeId, string>();
  while (chunks.length < run.chunkCount) {
    const node = nodes.byFitness().find(({ id }) => !failed.has(id));
    if (node === undefined) throw nobodyHas(run, failed);
    try {
      await readFrom(node, run, { ...options, chunks });
    } catch (thrown) {
      options.signal.throwIfAborted();
      failed.set(node.id, toNetStoreError(thrown).message);
    }
  }
  return chunks;
}

/** Appends to `chunks` what it gets, also when it throws after some. */
async function readFrom(node: NodeLink, run: ChunkRun, options: ReadChunksOptions & { readonly chunks: Uint8Array[] }): Promise<void> {
  const { requestId, signal, chunks } = options;
  const checksum = new ChunkChecksum(run.blobId);
  await node.converse(async (connection) => {
    const firstChunk = run.firstChunk + chunks.length;
    await connection.send('READ_BLOB', { requestId, blobId: run.blobId, firstChunk, chunkCount: run.chunkCount - chunks.length });
    while (chunks.length < run.chunkCount) {
      const chunk = await connection.expect('DATA', { timeoutMs: CHUNK_WITHIN_MS, signal });
      checkChunk(chunk, run, { chunkIndex: run.firstChunk + chunks.length, checksum });
      chunks.push(chunk.bytes);
    }
    await endOf(connection, signal);
  }, signal);
}

async function endOf(connection: Connection, signal: AbortSignal): Promise<void> {
  await connection.expect('READ_BLOB_END', { timeoutMs: CHUNK_WITHIN_MS, signal });
}

function checkChunk(chunk: Chunk, run: ChunkRun, expected: { readonly chunkIndex: number; readonly checksum: ChunkChecksum }): void {
  const { chunkIndex, checksum } = expected;
  const lengthBytes = Math.min(CHUNK_BYTES, run.blobBytes - chunkIndex * CHUNK_BYTES);
  if (chunk.chunkIndex !== chunkIndex || chunk.bytes.length !== lengthBytes) {
    throw new NetStoreError(
      'NS_CHECKSUM_MISMATCH',
      `Chunk is another one: expected ${lengthBytes} bytes at ${chunkIndex}, got ${chunk.bytes.length} at ${chunk.chunkIndex}`,
    );
  }
  if (checksum.of(chunkIndex, chunk.bytes) !== chunk.crc) {
    throw new NetStoreError('NS_CHECKSUM_MISMATCH', `Chunk ${chunkIndex} of blob ${run.blobId} arrived damaged`);
  }
}

function nobodyHas(run: ChunkRun, failed: ReadonlyMap<NodeId, string>): NetStoreError {
  const reasons = [...failed].map(([node, reason]) => `${node}: ${reason}`).join('; ');
  return new NetStoreError('NS_BLOB_MISSING', `No replica can give blob ${run.blobId}: ${reasons}`);
}

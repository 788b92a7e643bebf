/**
 * Reads a run of chunks of one blob from whichever replica can give it. Every chunk is checked here, after its last hop; a
 * replica that is dead, slow or wrong is replaced from the first chunk it did not deliver, so the caller sees only good bytes.
 */
import { type BlobId, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, type Chunk, ChunkChecksum } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
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

/**
 * The bytes of the run, in memory of their own: what the wire gives out shares memory with what came beside it, and a slow
 * client would keep all of that. Throws `NS_BLOB_MISSING`, naming each node and its reason, when no replica can give a chunk.
 */
export async function readChunks(nodes: StorageNodes, run: ChunkRun, options: ReadChunksOptions): Promise<Buffer> {
  const filled = new FilledRun(run);
  const failed = new Map<NodeId, string>();
  while (!filled.isFull) {
    const node = nodes.byFitness().find(({ id }) => !failed.has(id));
    if (node === undefined) throw nobodyHas(run, failed);
    try {
      await node.converse((connection) => readRest(connection, filled, options), options.signal);
    } catch (thrown) {
      options.signal.throwIfAborted();
      failed.set(node.id, toNetStoreError(thrown).message);
    }
  }
  return filled.bytes;
}

/** Keeps what it got also when it throws after some of it. */
async function readRest(connection: Connection, filled: FilledRun, { requestId, signal }: ReadChunksOptions): Promise<void> {
  const { nextChunk, chunksLeft, blobId } = filled;
  await connection.send('READ_BLOB', { requestId, blobId, firstChunk: nextChunk, chunkCount: chunksLeft });
  while (!filled.isFull) filled.take(await connection.expect('DATA', { timeoutMs: CHUNK_WITHIN_MS, signal }));
  await connection.expect('READ_BLOB_END', { timeoutMs: CHUNK_WITHIN_MS, signal });
}

/** A run of chunks while it is filled, in order, each chunk checked before it counts. */
class FilledRun {
  readonly bytes: Buffer;
  readonly #run: ChunkRun;
  readonly #checksum: ChunkChecksum;
  #chunks = 0;

  constructor(run: ChunkRun) {
    this.#run = run;
    this.#checksum = new ChunkChecksum(run.blobId);
    this.bytes = Buffer.allocUnsafeSlow(Math.min(run.chunkCount * CHUNK_BYTES, run.blobBytes - run.firstChunk * CHUNK_BYTES));
  }

  get blobId(): BlobId {
    return this.#run.blobId;
  }

  get isFull(): boolean {
    return this.chunksLeft === 0;
  }

  get nextChunk(): number {
    return this.#run.firstChunk + this.#chunks;
  }

  get chunksLeft(): number {
    return this.#run.chunkCount - this.#chunks;
  }

  /** Throws `NS_CHECKSUM_MISMATCH` for another chunk than the next, and for a damaged one. */
  take({ chunkIndex, crc, bytes }: Chunk): void {
    const at = this.#chunks * CHUNK_BYTES;
    const lengthBytes = Math.min(CHUNK_BYTES, this.bytes.length - at);
    if (chunkIndex !== this.nextChunk || bytes.length !== lengthBytes) {
      const expected = `${lengthBytes} bytes at ${this.nextChunk}`;
      throw new NetStoreError('NS_CHECKSUM_MISMATCH', `Chunk is another one: expected ${expected}, got ${bytes.length} at ${chunkIndex}`);
    }
    if (this.#checksum.of(chunkIndex, bytes) !== crc) {
      throw new NetStoreError('NS_CHECKSUM_MISMATCH', `Chunk ${chunkIndex} of blob ${this.blobId} arrived damaged`);
    }
    this.bytes.set(bytes, at);
    this.#chunks += 1;
  }
}

function nobodyHas(run: ChunkRun, failed: ReadonlyMap<NodeId, string>): NetStoreError {
  const reasons = [...failed].map(([node, reason]) => `${node}: ${reason}`).join('; ');
  return new NetStoreError('NS_BLOB_MISSING', `No replica can give blob ${run.blobId}: ${reasons}`);
}

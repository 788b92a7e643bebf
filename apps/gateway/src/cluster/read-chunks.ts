/**
 * Reads a run of chunks of one blob from whichever replica can give it. Every chunk is checked here, after its last hop; a
 * replica that is dead, slow or wrong is replaced from the first chunk it did not deliver, so the caller sees only good bytes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BlobId, type ErrorCode, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, type Chunk, ChunkChecksum } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { NodeLink } from './node-link.ts';
import type { StorageNodes } from './storage-nodes.ts';

/**
 * For a connection, and between two chunks: a node that needs longer is worse than another replica. All replicas may fail for a moment,
 * as when a node has just been started again, or be slow: then they are asked once more, with more patience.
 */
const ROUNDS_WITHIN_MS = [1_000, 5_000] as const;
const ROUND_PAUSE_MS = 250;

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
  /** A buffer of `CHUNK_BYTES` for one chunk. */
  readonly takeSlab: () => Buffer;
  readonly signal: AbortSignal;
}

/**
 * The chunks of the run, each at the beginning of a slab: what the wire gives out shares memory with what came beside it, and a
 * slow client would keep all of that. When no replica can give a chunk it throws, naming each node and its reason: `NS_BLOB_MISSING` when all of
 * them said that they have no good copy, and `NS_UNAVAILABLE` when one could not be heard, which may have one.
 */
export async function readChunks(nodes: StorageNodes, run: ChunkRun, options: ReadChunksOptions): Promise<readonly FilledSlab[]> {
  const filled = new FilledRun(run, options.takeSlab);
  let failures: Failures = new Map();
  for (const withinMs of ROUNDS_WITHIN_MS) {
    if (failures.size > 0) await sleep(ROUND_PAUSE_MS, undefined, { signal: options.signal });
    failures = await readRound(nodes, filled, { ...options, withinMs });
    if (filled.isFull) return filled.slabs;
  }
  throw noReplica(run.blobId, failures);
}

type Failures = ReadonlyMap<NodeId, NetStoreError>;

/** What a node says of its own disk. Any other failure leaves open what it holds. */
const HAS_NONE: ReadonlySet<ErrorCode> = new Set(['NS_BLOB_MISSING', 'NS_BLOB_DAMAGED']);

function noReplica(blobId: BlobId, failures: Failures): NetStoreError {
  const isGone = failures.values().every(({ code }) => HAS_NONE.has(code));
  const reasons = [...failures].map(([node, { message }]) => `${node}: ${message}`).join('; ');
  return new NetStoreError(isGone ? 'NS_BLOB_MISSING' : 'NS_UNAVAILABLE', `No replica can give blob ${blobId}: ${reasons}`);
}

interface RoundOptions extends ReadChunksOptions {
  readonly withinMs: number;
}

/** Asks one node after the other for what is still missing. Returns why each of them that failed did. */
async function readRound(nodes: StorageNodes, filled: FilledRun, options: RoundOptions): Promise<Failures> {
  const failed = new Map<NodeId, NetStoreError>();
  while (!filled.isFull) {
    const node = nodes.byFitness().find(({ id }) => !failed.has(id));
    if (node === undefined) break;
    try {
      await readFrom(node, filled, options);
    } catch (thrown) {
      options.signal.throwIfAborted();
      failed.set(node.id, toNetStoreError(thrown));
    }
  }
  return failed;
}

/** A node that is frozen takes connections and says nothing on them: the wait for one has its deadline here. */
async function readFrom(node: NodeLink, filled: FilledRun, options: RoundOptions): Promise<void> {
  const { withinMs } = options;
  const connecting = new AbortController();
  const late = new NetStoreError('NS_DEADLINE_EXCEEDED', `No connection to ${node.id} within ${withinMs} ms`);
  const timer = setTimeout(() => connecting.abort(late), withinMs);
  const read = (connection: Connection): Promise<void> => {
    clearTimeout(timer);
    return readRest(connection, filled, options);
  };
  try {
    await node.converse(read, AbortSignal.any([options.signal, connecting.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps what it got also when it throws after some of it. */
async function readRest(connection: Connection, filled: FilledRun, { requestId, signal, withinMs }: RoundOptions): Promise<void> {
  const { nextChunk, chunksLeft, blobId } = filled;
  await connection.send('READ_BLOB', { requestId, blobId, firstChunk: nextChunk, chunkCount: chunksLeft });
  while (!filled.isFull) filled.take(await connection.expect('DATA', { timeoutMs: withinMs, signal }));
  await connection.expect('READ_BLOB_END', { timeoutMs: withinMs, signal });
}

export interface FilledSlab {
  readonly slab: Buffer;
  readonly lengthBytes: number;
}

/** A run of chunks while it is filled, in order, each chunk checked before it counts. */
class FilledRun {
  readonly slabs: FilledSlab[] = [];
  readonly #run: ChunkRun;
  readonly #takeSlab: () => Buffer;
  readonly #checksum: ChunkChecksum;

  constructor(run: ChunkRun, takeSlab: () => Buffer) {
    this.#run = run;
    this.#takeSlab = takeSlab;
    this.#checksum = new ChunkChecksum(run.blobId);
  }

  get blobId(): BlobId {
    return this.#run.blobId;
  }

  get isFull(): boolean {
    return this.chunksLeft === 0;
  }

  get nextChunk(): number {
    return this.#run.firstChunk + this.slabs.length;
  }

  get chunksLeft(): number {
    return this.#run.chunkCount - this.slabs.length;
  }

  /** Throws `NS_CHECKSUM_MISMATCH` for another chunk than the next, and for a damaged one. */
  take({ chunkIndex, crc, bytes }: Chunk): void {
    const lengthBytes = Math.min(CHUNK_BYTES, this.#run.blobBytes - this.nextChunk * CHUNK_BYTES);
    if (chunkIndex !== this.nextChunk || bytes.length !== lengthBytes) {
      const expected = `${lengthBytes} bytes at ${this.nextChunk}`;
      throw new NetStoreError('NS_CHECKSUM_MISMATCH', `Chunk is another one: expected ${expected}, got ${bytes.length} at ${chunkIndex}`);
    }
    if (this.#checksum.of(chunkIndex, bytes) !== crc) {
      throw new NetStoreError('NS_CHECKSUM_MISMATCH', `Chunk ${chunkIndex} of blob ${this.blobId} arrived damaged`);
    }
    const slab = this.#takeSlab();
    slab.set(bytes);
    this.slabs.push({ slab, lengthBytes });
  }
}

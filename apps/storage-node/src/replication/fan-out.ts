/**
 * Sends one blob to the secondaries while it arrives. Paced by the slowest of them, within limits: one that falls more
 * than the grace behind the other is dropped from this blob and catches up later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BlobId, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Chunk } from '../blobs/blob-store.ts';
import { BlobForward } from './blob-forward.ts';
import type { Peer } from './peers.ts';

/** How long one secondary may hold up the other. */
const LAG_GRACE_MS = 250;
/** How long the last live secondary may hold up everything. */
const STALL_MS = 10_000;

export interface FanOutOptions {
  readonly requestId: string;
  readonly epoch: number;
  readonly blobId: BlobId;
  readonly lengthBytes: number;
  /** Connected full members. */
  readonly peers: readonly Peer[];
}

export class FanOut implements AsyncDisposable {
  readonly #forwards: readonly BlobForward[];
  readonly #failures = new Map<NodeId, NetStoreError>();

  constructor(options: FanOutOptions) {
    this.#forwards = options.peers.map((peer) => {
      const forward = new BlobForward(peer, options);
      forward.held.catch((error: unknown) => this.#failures.set(peer.id, toNetStoreError(error)));
      return forward;
    });
  }

  get #live(): readonly BlobForward[] {
    return this.#forwards.filter((forward) => !forward.isEnded);
  }

  /** Resolves when every live secondary has taken the chunk, or was dropped for not taking it. */
  async write(chunk: Chunk): Promise<void> {
    const waiting = this.#live.map((forward) => ({ forward, taken: forward.offer(chunk) })).filter(({ taken }) => taken !== undefined);
    if (waiting.length === 0) return;
    const hasTaker = waiting.length < this.#live.length;
    const all = Promise.all(waiting.map(({ taken }) => taken));
    if (!hasTaker && waiting.length > 1) await withLimit(Promise.race(waiting.map(({ taken }) => taken)), STALL_MS);
    await withLimit(all, hasTaker || waiting.length > 1 ? LAG_GRACE_MS : STALL_MS);
    for (const { forward } of waiting) {
      if (forward.isFull)
        forward.drop(new NetStoreError('NS_DEADLINE_EXCEEDED', `${forward.peer.id} fell behind while blob ${forward.blobId} was sent`));
    }
  }

  /** All chunks were written. Resolves with the first secondary that holds the blob; the others go on by themselves. */
  async finish(crcTableSha256: Uint8Array): Promise<NodeId> {
    for (const forward of this.#live) forward.end(crcTableSha256);
    try {
      return await Promise.any(this.#forwards.map((forward) => forward.held.then(() => forward.peer.id)));
    } catch {
      throw this.#noQuorum();
    }
  }

  #noQuorum(): NetStoreError {
    const reasons = [...this.#failures].map(([peer, error]) => `${peer}: ${error.code} ${error.message}`);
    const failures = [...this.#failures.values()];
    const isFull = failures.length > 0 && failures.every((error) => error.code === 'NS_DISK_FULL');
    return new NetStoreError(
      isFull ? 'NS_DISK_FULL' : 'NS_NO_QUORUM',
      `No secondary holds the blob: ${reasons.join('; ') || 'none is connected'}`,
    );
  }

  /** Ends what was not finished: the blob is given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const forward of this.#live) {
      if (!forward.isComplete) forward.drop(new NetStoreError('NS_CONNECTION_LOST', 'The blob was given up before its end'));
    }
  }
}

async function withLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, sleep(limitMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
}

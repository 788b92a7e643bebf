/** One blob on its way to one secondary: a bounded queue of chunks and the conversation that empties it. */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { Chunk } from '../blobs/blob-store.ts';
import type { Peer } from './peers.ts';
import { Pulse } from './pulse.ts';

/** 1 MiB of chunks. */
const QUEUE_CHUNKS_MAX = 16;
/** From the last chunk on. */
const HELD_TIMEOUT_MS = 30_000;
/** For all of a blob. The sender has a deadline for each chunk of its own; this one only ends what that cannot see. */
const BLOB_TIMEOUT_MS = 30 * 60_000;

export interface ForwardedBlob {
  readonly requestId: string;
  readonly epoch: number;
  readonly blobId: BlobId;
  readonly lengthBytes: number;
}

export class BlobForward {
  readonly peer: Peer;
  readonly blobId: BlobId;
  /** Resolves when the secondary holds the blob durably. */
  readonly held: Promise<void>;
  readonly #queue: Chunk[] = [];
  readonly #filled = new Pulse();
  readonly #emptied = new Pulse();
  readonly #abort = new AbortController();
  #crcTableSha256: Uint8Array | undefined;
  #isEnded = false;

  constructor(peer: Peer, blob: ForwardedBlob) {
    this.peer = peer;
    this.blobId = blob.blobId;
    this.held = peer.pool
      .use((connection) => this.#converse(connection, blob), { signal: this.#abort.signal })
      .finally(() => {
        this.#isEnded = true;
        this.#emptied.notify();
      });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Every chunk was handed over. */
  get isComplete(): boolean {
    return this.#crcTableSha256 !== undefined;
  }

  get isFull(): boolean {
    return !this.#isEnded && this.#queue.length > QUEUE_CHUNKS_MAX;
  }

  /** Takes the chunk. A promise when the queue is over its limit then: resolves when there is room again or the forward ended. */
  offer(chunk: Chunk): Promise<void> | undefined {
    this.#queue.push(chunk);
    this.#filled.notify();
    return this.isFull ? this.#room() : undefined;
  }

  async #room(): Promise<void> {
    while (this.isFull) await this.#emptied.after(this.#emptied.count);
  }

  end(crcTableSha256: Uint8Array): void {
    this.#crcTableSha256 = crcTableSha256;
    this.#filled.notify();
  }

  drop(reason: NetStoreError): void {
    this.#isEnded = true;
    this.#queue.length = 0;
    this.#abort.abort(reason);
    this.#filled.notify();
    this.#emptied.notify();
  }

  async #converse(connection: Connection, blob: ForwardedBlob): Promise<void> {
    const { signal } = this.#abort;
    await connection.send('PUT_BLOB', { requestId: blob.requestId, epoch: blob.epoch, blobId: blob.blobId, lengthBytes: blob.lengthBytes });
    // The answer is awaited from the start: a refusal in mid-stream ends the sending at once.
    const held = connection.expect('BLOB_HELD', { timeoutMs: BLOB_TIMEOUT_MS, signal });
    await Promise.race([held, this.#sendChunks(connection).then(() => this.#within(held))]);
  }

  /** A slow gateway may take its time; a secondary that has everything may not. */
  async #within(held: Promise<unknown>): Promise<void> {
    const late = new NetStoreError('NS_DEADLINE_EXCEEDED', `${this.peer.id} did not hold blob ${this.blobId} within ${HELD_TIMEOUT_MS} ms`);
    const timer = setTimeout(() => this.#abort.abort(late), HELD_TIMEOUT_MS);
    try {
      await held;
    } finally {
      clearTimeout(timer);
    }
  }

  async #sendChunks(connection: Connection): Promise<void> {
    for (;;) {
      const { count } = this.#filled;
      this.#abort.signal.throwIfAborted();
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        await connection.sendData(chunk);
        this.#emptied.notify();
      } else if (this.#crcTableSha256 !== undefined) {
        await connection.send('PUT_BLOB_END', { crcTableSha256: this.#crcTableSha256 });
        return;
      } else {
        await this.#filled.after(count);
      }
    }
  }
}

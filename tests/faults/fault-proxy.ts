/**
 * A wire between two processes that a test can make bad: slow, sliced, cut, flipped, silent. It passes bytes on and knows
 * nothing of what they mean.
 *
 * A held direction passes nothing and says nothing, not even that a side hung up, as a network does that drops packets;
 * when it is let go, what waited arrives.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../support/random-from.ts';

/** What one direction keeps back while it is slow; more makes the sender wait. */
const QUEUED_BYTES_MAX = 4 * 1024 * 1024;
const HELD_POLL_MS = 20;

/** All of them may be changed while bytes pass. */
export interface WireFaults {
  readonly latencyMs?: number;
  /** On top of the latency, up to so much, by chance. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Passes on pieces of so many bytes. */
  readonly sliceBytes?: number;
  /** Resets a connection when so many bytes of it have passed. */
  readonly cutAfterBytes?: number;
  /** Turns over one bit in about so many bytes. */
  readonly flipOneIn?: number;
  readonly isHeld?: boolean;
}

export interface ProxyFaults {
  readonly toServer?: WireFaults;
  readonly toClient?: WireFaults;
  /** Connections are taken and reset at once. */
  readonly isRefusing?: boolean;
}

export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

export class FaultProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: ProxyTarget;
  readonly #random: () => number;
  readonly #sockets = new Set<Socket>();
  #faults: ProxyFaults = {};
  /** Bits turned over since it was made. */
  flipped = 0;

  private constructor(server: Server, target: ProxyTarget, seed: string) {
    this.#server = server;
    this.#target = target;
    this.#random = randomFrom(seed);
    server.on('connection', (client) => void this.#join(client));
  }

  static async start(target: ProxyTarget, seed = 'proxy'): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new FaultProxy(server, target, seed);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#sockets.size / 2;
  }

  set faults(faults: ProxyFaults) {
    this.#faults = faults;
  }

  /** Ends every connection as a machine does that has forgotten them. */
  resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#faults = {};
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  async #join(client: Socket): Promise<void> {
    client.on('error', () => undefined);
    if (this.#faults.isRefusing === true) return void client.resetAndDestroy();
    const server = connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
    server.on('error', () => undefined);
    const sockets = [client, server];
    for (const socket of sockets) this.#sockets.add(socket);
    try {
      await Promise.all([
        this.#pump(client, server, () => this.#faults.toServer ?? {}),
        this.#pump(server, client, () => this.#faults.toClient ?? {}),
      ]);
    } catch {
      // The side that still stands is told as it was: by a reset.
      for (const socket of sockets) socket.resetAndDestroy();
    } finally {
      for (const socket of sockets) this.#sockets.delete(socket);
    }
  }

  /** One direction until its end. What is read is due some time later, so that latency costs no throughput. */
  async #pump(from: Socket, to: Socket, faults: () => WireFaults): Promise<void> {
    const queue = new DelayQueue();
    const writing = this.#write(queue, to, faults);
    writing.catch(() => from.destroy());
    try {
      // The other direction of the socket goes on behind the end of this one.
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        const { latencyMs = 0, jitterMs = 0 } = faults();
        await queue.push(chunk, performance.now() + latencyMs + jitterMs * this.#random());
      }
    } catch (error) {
      await this.#letGo(faults);
      throw error;
    } finally {
      queue.end();
    }
    await writing;
  }

  async #write(queue: DelayQueue, to: Socket, faults: () => WireFaults): Promise<void> {
    let passedBytes = 0;
    for await (const chunk of queue) {
      const size = Math.max(1, faults().sliceBytes ?? chunk.length);
      for (let at = 0; at < chunk.length; at += size) {
        await this.#letGo(faults);
        const { bytesPerSecond, cutAfterBytes = Number.POSITIVE_INFINITY, flipOneIn } = faults();
        const piece = this.#flip(chunk.subarray(at, at + size), flipOneIn);
        if (bytesPerSecond !== undefined) await sleep((piece.length * 1_000) / bytesPerSecond);
        if (passedBytes + piece.length > cutAfterBytes) throw new Error(`Cut after ${passedBytes} bytes`);
        passedBytes += piece.length;
        await writeWhole(to, piece);
      }
    }
    await this.#letGo(faults);
    to.end();
  }

  async #letGo(faults: () => WireFaults): Promise<void> {
    while (faults().isHeld === true) await sleep(HELD_POLL_MS);
  }

  #flip(piece: Buffer, oneIn: number | undefined): Buffer {
    if (oneIn === undefined || this.#random() > piece.length / oneIn) return piece;
    const flipped = Buffer.from(piece);
    const at = Math.floor(this.#random() * piece.length);
    flipped.writeUInt8(piece.readUInt8(at) ^ (1 << Math.floor(this.#random() * 8)), at);
    this.flipped += 1;
    return flipped;
  }
}

async function writeWhole(to: Socket, piece: Buffer): Promise<void> {
  if (to.destroyed) throw new Error('The other side is gone');
  await new Promise<void>((resolve, reject) => {
    to.write(piece, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

/** Gives each chunk when it is due, in order. */
class DelayQueue {
  readonly #chunks: { readonly bytes: Buffer; readonly dueAtMs: number }[] = [];
  #queuedBytes = 0;
  #isEnded = false;
  #changed = Promise.withResolvers<void>();

  async push(bytes: Buffer, dueAtMs: number): Promise<void> {
    this.#chunks.push({ bytes, dueAtMs });
    this.#queuedBytes += bytes.length;
    this.#notify();
    while (this.#queuedBytes > QUEUED_BYTES_MAX && !this.#isEnded) await this.#changed.promise;
  }

  end(): void {
    this.#isEnded = true;
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const next = this.#chunks.shift();
        if (next !== undefined) {
          const waitMs = next.dueAtMs - performance.now();
          if (waitMs > 0) await sleep(waitMs);
          yield next.bytes;
          this.#queuedBytes -= next.bytes.length;
          this.#notify();
        } else if (this.#isEnded) return;
        else await this.#changed.promise;
      }
    } finally {
      this.end();
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

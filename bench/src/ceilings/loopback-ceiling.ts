/** What TCP over loopback can do on this machine: the way that every byte takes from the client through the gateway to the nodes. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { operationsResult, type Result, streamResult } from '../report/result.ts';

export class LoopbackPeer implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #port: number;

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.#port = port;
  }

  static async start(): Promise<LoopbackPeer> {
    const worker = new Worker(new URL('loopback-peer.ts', import.meta.url));
    const [address] = (await once(worker, 'message')) as [AddressInfo];
    return new LoopbackPeer(worker, address.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  /** One connection for each of `connections`, `bytes` in all. */
  async measureStream(bytes: number, connections: number, signal: AbortSignal): Promise<Result> {
    const startedAt = performance.now();
    let received = 0;
    const readSome = async (): Promise<void> => {
      const socket = await this.#open('s', signal);
      // Leaving the loop destroys the socket, which is what ends the stream.
      for await (const chunk of socket) {
        received += (chunk as Buffer).length;
        if (received >= bytes) return;
      }
    };
    await Promise.all(Array.from({ length: connections }, readSome));
    return streamResult(
      `loopback TCP: ${connections} connection${connections === 1 ? '' : 's'}`,
      received,
      (performance.now() - startedAt) / 1000,
    );
  }

  /** Sends `sizeBytes` and waits until all came back, `count` times on each of `connections`. */
  async measureRoundTrips(options: { count: number; sizeBytes: number; connections: number }, signal: AbortSignal): Promise<Result> {
    const message = Buffer.alloc(options.sizeBytes, 7);
    const latenciesMs: number[] = [];
    const startedAt = performance.now();
    const echo = async (): Promise<void> => {
      using socket = disposable(await this.#open('e', signal));
      for (let index = 0; index < options.count; index += 1) latenciesMs.push(await roundTrip(socket.socket, message));
    };
    await Promise.all(Array.from({ length: options.connections }, echo));
    const seconds = (performance.now() - startedAt) / 1000;
    return operationsResult(`loopback TCP: round trips of ${options.sizeBytes} bytes`, latenciesMs, seconds);
  }

  async #open(purpose: 's' | 'e', signal: AbortSignal): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true, signal });
    await once(socket, 'connect');
    socket.write(purpose);
    return socket;
  }
}

function disposable(socket: Socket): Disposable & { readonly socket: Socket } {
  return { socket, [Symbol.dispose]: () => socket.destroy() };
}

function roundTrip(socket: Socket, message: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let pendingBytes = message.length;
    const done = (): void => {
      socket.off('data', onData).off('error', reject);
      resolve(performance.now() - startedAt);
    };
    const onData = (chunk: Buffer): void => {
      pendingBytes -= chunk.length;
      if (pendingBytes <= 0) done();
    };
    socket.on('data', onData).once('error', reject);
    // One message in flight: the answer can only come after it left, so there is nothing to wait for here.
    socket.write(message);
  });
}

/** Two sides for the tests: a listener that answers what a test says, and connections to it, over real sockets. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type BlobId, type ClusterId, type Incarnation, NetStoreError, type NodeId } from '@netstore/shared-types';
import { FrameDecoder, MESSAGES } from '@netstore/wire-protocol';
import type { ConnectOptions } from '../connect-to.ts';
import { connectTo } from '../connect-to.ts';
import type { Connection } from '../connection.ts';
import type { ClientIdentification, ServerIdentification } from '../handshake.ts';
import { type Listener, type ListenOptions, listen } from '../listener.ts';

export const KEY = Buffer.alloc(32, 7);
export const NODE_1 = 'node-1' as NodeId;
export const NODE_2 = 'node-2' as NodeId;
export const CLUSTER = 'c'.repeat(32) as ClusterId;
export const OTHER_CLUSTER = 'd'.repeat(32) as ClusterId;
export const INCARNATION = '1'.repeat(32) as Incarnation;
export const BLOB = 'b'.repeat(32) as BlobId;

export const GATEWAY: ClientIdentification = { role: 'gateway', nodeId: null, clusterId: null, incarnation: null };
export const NODE: ClientIdentification = { role: 'node', nodeId: NODE_2, clusterId: CLUSTER, incarnation: INCARNATION };
export const SERVER: ServerIdentification = { nodeId: NODE_1, clusterId: CLUSTER, incarnation: INCARNATION };

export const SOON = { timeoutMs: 5_000 };

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export interface TestListener extends AsyncDisposable {
  readonly listener: Listener;
  readonly host: string;
  readonly port: number;
  readonly refusals: Refusal[];
  open(options?: Partial<ConnectOptions>): Promise<Connection>;
}

/** Answers GET_HOLDINGS unless `options` says what to do. */
export async function startListener(options: Partial<ListenOptions> = {}): Promise<TestListener> {
  const refusals: Refusal[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    key: KEY,
    self: () => SERVER,
    allowInsecure: false,
    connectionsMax: 100,
    onConnection: answerHoldings,
    onRefused: ({ code, message }) => refusals.push({ code, message }),
    ...options,
  });
  const { host, port } = listener.address;
  const open = (connectOptions: Partial<ConnectOptions> = {}): Promise<Connection> =>
    connectTo({ host, port, key: KEY, self: GATEWAY, channel: 'conversation', timeoutMs: 5_000, ...connectOptions });
  return { listener, host, port, refusals, open, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() };
}

export async function answerHoldings(connection: Connection, signal: AbortSignal): Promise<void> {
  for (;;) {
    const message = await connection.receive({ timeoutMs: 60_000, signal });
    if (message.name !== 'GET_HOLDINGS') throw new NetStoreError('NS_CONFLICT', `This test answers no ${message.name}`);
    await connection.send('HOLDINGS', { state: 'held', verifiedAtMs: null });
  }
}

export const askHoldings = (connection: Connection): Promise<unknown> =>
  connection.request('GET_HOLDINGS', { requestId: 'test', contentId: 1 }, 'HOLDINGS', SOON);

/** A plain socket that is open, with what it received so far. */
export interface RawSocket {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  received(): Buffer;
}

export async function openRaw(port: number): Promise<RawSocket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return watchRaw(socket);
}

export function watchRaw(socket: Socket): RawSocket {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A reset is one of the ways in which the other side may close.
  socket.on('error', () => undefined);
  return { socket, closed: once(socket, 'close'), received: () => Buffer.concat(chunks) };
}

/** A plain TCP server, for what no listener of ours would do. */
export async function startRaw(onSocket: (socket: Socket) => void): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const dispose = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: dispose };
}

/** Passes both directions on in slices of one byte. */
export function startSlicer(targetPort: number): Promise<{ readonly port: number } & AsyncDisposable> {
  return startRaw((socket) => {
    const target = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    const passOn = async (from: Socket, to: Socket): Promise<void> => {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (const byte of chunk) {
          if (!to.write(Buffer.from([byte]))) await once(to, 'drain');
          await new Promise(setImmediate);
        }
      }
      to.end();
    };
    const stop = (): void => {
      socket.destroy();
      target.destroy();
    };
    passOn(socket, target).catch(stop);
    passOn(target, socket).catch(stop);
  });
}

/** A proxy that puts `bytes` into the stream to the server, right behind an honest handshake. */
export function startInjector(targetPort: number, bytes: Buffer): Promise<{ readonly port: number } & AsyncDisposable> {
  return startRaw((socket) => {
    const target = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    target.on('error', () => socket.destroy());
    target.on('close', () => socket.end());
    socket.on('close', () => target.destroy());
    const decoder = new FrameDecoder();
    socket.on('data', (chunk: Buffer) => {
      target.write(chunk);
      for (const { type } of decoder.push(chunk)) if (type === MESSAGES.PROOF.type) target.write(bytes);
    });
    target.on('data', (chunk: Buffer) => socket.write(chunk));
  });
}

/** Waits for a condition that becomes true by itself. */
export async function until(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`condition did not come true within ${timeoutMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The code of what the promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof NetStoreError) return error.code;
    throw error;
  }
  return 'no error';
}

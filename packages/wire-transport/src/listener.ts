/**
 * Accepts connections and hands over those that proved themselves. A stranger costs a socket and 4 KiB, for 5 s at most,
 * and never more than `HALF_OPEN_MAX` strangers at once.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv4, type Server, type Socket } from 'node:net';
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import { Connection } from './connection.ts';
import { FrameSocket } from './frame-socket.ts';
import { HANDSHAKE_TIMEOUT_MS, type ServerIdentification, shakeHandsAsServer } from './handshake.ts';
import { SOCKET_OPTIONS } from './socket-options.ts';
import { toTransportError } from './transport-error.ts';
import { waitFor } from './wait-for.ts';

/** Connections that have not proven themselves yet, or were refused and not gone yet. One more and the oldest has to go. */
export const HALF_OPEN_MAX = 128;
/** How long running conversations may take to end after the listener was told to stop. */
export const CLOSE_GRACE_MS = 2_000;

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The cluster key, 32 bytes. */
  readonly key: Buffer;
  /** Asked at each connection, since a node learns its cluster while it runs. */
  readonly self: () => ServerIdentification;
  /** The wire is not encrypted: other hosts may connect only when this is said. */
  readonly allowInsecure: boolean;
  /** Proven connections at once; one more gets `NS_BUSY`. */
  readonly connectionsMax: number;
  /**
   * Serves one connection until it ends; `signal` says that the listener closes. The connection is closed afterwards; what it
   * throws is sent as FAILURE before.
   */
  readonly onConnection: (connection: Connection, signal: AbortSignal) => Promise<void>;
  /** Told of every connection that was refused or whose `onConnection` threw, unless one side just left between conversations. */
  readonly onRefused?: (error: NetStoreError, address: string) => void;
}

/** Throws `NS_CONFIG_INVALID` when the host is not allowed, or the port is taken. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port, allowInsecure } = options;
  if (!allowInsecure && !isLoopback(host)) {
    throw new NetStoreError(
      'NS_CONFIG_INVALID',
      `Wire host ${host} is not loopback, and the wire is not encrypted: listen on 127.0.0.1, or set NETSTORE_ALLOW_INSECURE_WIRE=1 in a network that you trust`,
    );
  }
  const server = createServer(SOCKET_OPTIONS);
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw toTransportError(error, `Listening on ${host}:${port}`);
  }
  return new Listener(server, options);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

export class Listener implements AsyncDisposable {
  readonly address: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #options: ListenOptions;
  /** In the order of arrival. */
  readonly #halfOpen = new Set<FrameSocket>();
  readonly #connections = new Set<Connection>();
  readonly #serving = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(server: Server, options: ListenOptions) {
    const { address, port } = server.address() as AddressInfo;
    this.address = { host: address, port };
    this.#server = server;
    this.#options = options;
    server.on('connection', (socket) => this.#track(this.#accept(socket)));
    server.on('error', (error) => options.onRefused?.(toTransportError(error, 'Accepting a connection'), 'unknown'));
  }

  /** Proven connections that stand now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Accepts nothing more, tells those who serve, and destroys what is still there after `CLOSE_GRACE_MS`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const reason = new NetStoreError('NS_UNAVAILABLE', 'This node is stopping');
    this.#closing.abort(reason);
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#halfOpen) socket.destroy(reason);
    await settledWithin([...this.#serving], CLOSE_GRACE_MS);
    for (const connection of this.#connections) connection.destroy(reason);
    await closed;
  }

  #track(serving: Promise<void>): void {
    this.#serving.add(serving);
    void serving.finally(() => this.#serving.delete(serving));
  }

  async #accept(raw: Socket): Promise<void> {
    const socket = new FrameSocket(raw);
    try {
      const connection = await this.#prove(socket);
      await this.#serve(connection);
    } catch (error) {
      const refusal = toNetStoreError(error);
      // Whoever was refused in words is still reading them.
      if (socket.ending === undefined) socket.destroy(refusal);
      this.#options.onRefused?.(refusal, socket.address);
    }
  }

  async #prove(socket: FrameSocket): Promise<Connection> {
    if (this.#halfOpen.size >= HALF_OPEN_MAX) this.#dropOldestHalfOpen();
    this.#halfOpen.add(socket);
    void socket.closed.then(() => this.#halfOpen.delete(socket));
    const { key, self } = this.#options;
    const peer = await shakeHandsAsServer(socket, { key, self: self(), timeoutMs: HANDSHAKE_TIMEOUT_MS });
    this.#halfOpen.delete(socket);
    return new Connection({ socket, peer, side: 'server', clientRole: peer.role });
  }

  #dropOldestHalfOpen(): void {
    const [oldest] = this.#halfOpen;
    if (oldest === undefined) return;
    this.#halfOpen.delete(oldest);
    oldest.destroy(new NetStoreError('NS_BUSY', `Too many connections without a handshake: at most ${HALF_OPEN_MAX}`));
  }

  async #serve(connection: Connection): Promise<void> {
    const { connectionsMax, onConnection } = this.#options;
    const { signal } = this.#closing;
    try {
      if (signal.aborted) throw signal.reason;
      if (this.#connections.size >= connectionsMax) {
        throw new NetStoreError('NS_BUSY', `Too many connections: at most ${connectionsMax}`);
      }
      this.#connections.add(connection);
      await onConnection(connection, signal);
    } catch (error) {
      if (isGoodbye(connection, error, signal)) return;
      await connection.fail(error);
      throw error;
    } finally {
      connection.end(new NetStoreError('NS_CONNECTION_LOST', 'Connection was served to its end'));
      await connection.closed;
      this.#connections.delete(connection);
    }
  }
}

/** One of the sides had no more use for the connection, and nothing was under way. */
function isGoodbye(connection: Connection, error: unknown, closing: AbortSignal): boolean {
  if (connection.conversation !== undefined) return false;
  return closing.aborted || (error instanceof NetStoreError && error.code === 'NS_CONNECTION_LOST');
}

/** Resolves when all are settled, or after `timeoutMs`. */
async function settledWithin(promises: readonly Promise<void>[], timeoutMs: number): Promise<void> {
  const all = Promise.allSettled(promises);
  const onTimeout = (): NetStoreError => new NetStoreError('NS_DEADLINE_EXCEEDED', 'Grace time is over');
  const waited = waitFor<void>({ timeoutMs, doing: 'Closing', onTimeout }, ({ resolve }) => {
    void all.then(() => resolve());
    return () => undefined;
  });
  await waited.catch(() => undefined);
}

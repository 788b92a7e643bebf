/**
 * Connections to one peer, kept for the next conversation. Each carries one conversation at a time, so that TCP is the
 * flow control. The pool never repeats a conversation: only the caller knows whether that is safe.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { Connection } from './connection.ts';
import { type Waiter, waitFor } from './wait-for.ts';

export interface ConnectionPoolOptions {
  /** Opens one more connection. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  /** Idle ones and those in use together. */
  readonly connectionsMax?: number;
  /** How long a connection is kept for the next conversation. */
  readonly idleTimeoutMs?: number;
  /** Conversations that may wait for a connection; one more gets `NS_BUSY`. */
  readonly waitersMax?: number;
  /** How long one may wait for a connection before it gets `NS_BUSY`. */
  readonly waitTimeoutMs?: number;
}

export const CONNECTIONS_MAX = 32;
export const IDLE_TIMEOUT_MS = 30_000;
export const WAITERS_MAX = 256;
export const WAIT_TIMEOUT_MS = 10_000;

/** What a waiter is given: a connection, or the right to open one. */
type Turn = Connection | 'connect';

export class ConnectionPool implements AsyncDisposable {
  readonly #options: Required<ConnectionPoolOptions>;
  /** The one used last is taken first: the others grow old and are closed. */
  readonly #idle = new Map<Connection, NodeJS.Timeout>();
  readonly #inUse = new Set<Connection>();
  /** In the order of arrival. */
  readonly #waiters = new Set<Waiter<Turn>>();
  readonly #closing = new AbortController();
  /** Idle, in use, and being opened. */
  #count = 0;

  constructor(options: ConnectionPoolOptions) {
    this.#options = {
      connectionsMax: CONNECTIONS_MAX,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      waitersMax: WAITERS_MAX,
      waitTimeoutMs: WAIT_TIMEOUT_MS,
      ...options,
    };
  }

  get counts(): { readonly idle: number; readonly open: number; readonly waiting: number } {
    return { idle: this.#idle.size, open: this.#count, waiting: this.#waiters.size };
  }

  /**
   * Runs one conversation, or several one after the other, on a connection that is nobody else's meanwhile. A connection that
   * `work` leaves in the middle of a conversation is closed. Throws what `connect` and `work` throw, and `NS_BUSY`.
   */
  async use<Result>(
    work: (connection: Connection) => Promise<Result>,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Result> {
    const connection = await this.#acquire(signal);
    this.#inUse.add(connection);
    try {
      return await work(connection);
    } finally {
      this.#inUse.delete(connection);
      this.#giveBack(connection);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = closedError();
    this.#closing.abort(reason);
    for (const waiter of this.#waiters) waiter.reject(reason);
    const connections = [...this.#idle.keys(), ...this.#inUse];
    for (const connection of connections) connection.destroy(reason);
    await Promise.all(connections.map((connection) => connection.closed));
  }

  async #acquire(signal: AbortSignal | undefined): Promise<Connection> {
    if (this.#closing.signal.aborted) throw closedError();
    const turn = this.#takeIdle() ?? (await this.#takeSlot(signal));
    if (turn !== 'connect') return turn;
    const signals = signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
    try {
      const connection = await this.#options.connect(AbortSignal.any(signals));
      void connection.closed.then(() => this.#drop(connection));
      if (!this.#closing.signal.aborted) return connection;
      connection.destroy(closedError());
      throw closedError();
    } catch (error) {
      this.#freeSlot();
      throw error;
    }
  }

  #takeIdle(): Connection | undefined {
    for (const connection of [...this.#idle.keys()].reverse()) {
      if (!connection.isIdle) {
        this.#drop(connection);
        continue;
      }
      this.#removeFromIdle(connection);
      return connection;
    }
    return undefined;
  }

  /** The right to open a connection, at once or when it is this caller's turn. */
  #takeSlot(signal: AbortSignal | undefined): Promise<Turn> {
    const { connectionsMax, waitersMax, waitTimeoutMs } = this.#options;
    if (this.#count < connectionsMax) {
      this.#count += 1;
      return Promise.resolve('connect');
    }
    if (this.#waiters.size >= waitersMax) {
      throw new NetStoreError('NS_BUSY', `All ${connectionsMax} connections are in use and ${waitersMax} conversations wait already`);
    }
    const doing = 'Waiting for a free connection';
    const onTimeout = (): NetStoreError =>
      new NetStoreError('NS_BUSY', `All ${connectionsMax} connections were in use for ${waitTimeoutMs} ms`);
    return waitFor<Turn>({ timeoutMs: waitTimeoutMs, doing, onTimeout, signal }, (waiter) => {
      this.#waiters.add(waiter);
      return () => this.#waiters.delete(waiter);
    });
  }

  #giveBack(connection: Connection): void {
    if (this.#closing.signal.aborted || !connection.isIdle) {
      connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'Connection was left in the middle of a conversation'));
      this.#freeSlot();
      return;
    }
    const [waiter] = this.#waiters;
    if (waiter !== undefined) waiter.resolve(connection);
    else this.#keep(connection);
  }

  #keep(connection: Connection): void {
    const timer = setTimeout(() => this.#drop(connection), this.#options.idleTimeoutMs).unref();
    this.#idle.set(connection, timer);
  }

  /** Closes a connection that nobody uses; does nothing to one in use. */
  #drop(connection: Connection): void {
    if (!this.#removeFromIdle(connection)) return;
    connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'Connection was idle for too long'));
    this.#freeSlot();
  }

  #removeFromIdle(connection: Connection): boolean {
    clearTimeout(this.#idle.get(connection));
    return this.#idle.delete(connection);
  }

  /** A connection is gone: whoever waits first may open another. */
  #freeSlot(): void {
    const [waiter] = this.#waiters;
    if (waiter !== undefined) waiter.resolve('connect');
    else this.#count -= 1;
  }
}

function closedError(): NetStoreError {
  return new NetStoreError('NS_UNAVAILABLE', 'Connection pool is closed');
}

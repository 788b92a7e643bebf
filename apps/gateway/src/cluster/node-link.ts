/** The way to one storage node: a pool of connections, and how the node has been doing. */
import { type ErrorCode, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Connection, ConnectionPool } from '@netstore/wire-transport';

/** How long a node that failed is asked only when no other is left: twice as long each time it fails again. */
const AVOIDED_MS_MIN = 2_000;
const AVOIDED_MS_MAX = 16_000;

/** Failures of the node or of the way to it. Any other is an answer: the node does well and does not have what was asked for. */
const UNFIT: ReadonlySet<ErrorCode> = new Set([
  'NS_UNAVAILABLE',
  'NS_CONNECTION_LOST',
  'NS_DEADLINE_EXCEEDED',
  'NS_BUSY',
  'NS_CHECKSUM_MISMATCH',
]);

export class NodeLink {
  readonly id: NodeId;
  readonly #pool: ConnectionPool;
  #inFlight = 0;
  #avoidUntilMs = 0;
  #avoidForMs = AVOIDED_MS_MIN;

  constructor(id: NodeId, pool: ConnectionPool) {
    this.id = id;
    this.#pool = pool;
  }

  /** Conversations that run now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  isAvoided(nowMs: number): boolean {
    return nowMs < this.#avoidUntilMs;
  }

  /** Runs one conversation on a connection of its own. */
  async converse<Answer>(work: (connection: Connection) => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    this.#inFlight += 1;
    try {
      const answer = await this.#pool.use(work, signal === undefined ? {} : { signal });
      this.#avoidUntilMs = 0;
      this.#avoidForMs = AVOIDED_MS_MIN;
      return answer;
    } catch (error) {
      if (isUnfit(error, signal)) this.avoid();
      throw error;
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Runs a conversation that says nothing of how well the node serves. */
  aside<Answer>(work: (connection: Connection) => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    return this.#pool.use(work, { signal });
  }

  /** The node is silent or does badly: others are asked first for a while. */
  avoid(): void {
    const nowMs = Date.now();
    // Many conversations that fail together are one failure.
    if (this.isAvoided(nowMs)) return;
    this.#avoidUntilMs = nowMs + this.#avoidForMs;
    this.#avoidForMs = Math.min(AVOIDED_MS_MAX, this.#avoidForMs * 2);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}

/** An abort is the caller's own wish, unless it was a deadline that the caller had set. */
function isUnfit(error: unknown, signal: AbortSignal | undefined): boolean {
  const { code } = toNetStoreError(error);
  return signal?.aborted === true ? code === 'NS_DEADLINE_EXCEEDED' : UNFIT.has(code);
}

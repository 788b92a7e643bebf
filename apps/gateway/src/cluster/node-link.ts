/** The way to one storage node: a pool of connections, and how the node has been doing. */
import type { NodeId } from '@netstore/shared-types';
import type { Connection, ConnectionPool } from '@netstore/wire-transport';

/** How long a node that failed is asked only when no other is left. */
const AVOIDED_FOR_MS = 2_000;

export class NodeLink {
  readonly id: NodeId;
  readonly #pool: ConnectionPool;
  #inFlight = 0;
  #avoidUntilMs = 0;

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
      return answer;
    } catch (error) {
      if (signal?.aborted !== true) this.#avoidUntilMs = Date.now() + AVOIDED_FOR_MS;
      throw error;
    } finally {
      this.#inFlight -= 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}

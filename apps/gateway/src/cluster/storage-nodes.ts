/**
 * The storage nodes as the gateway knows them, and the two ways to ask them: the primary, with retries until one is found
 * or the time is over, and any node, for what does not need the primary.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { NodeLink } from './node-link.ts';
import { PrimaryGuess } from './primary-guess.ts';

export const RETRY_FOR_MS = 10_000;
const PRIMARY_MISSED_FOR_MS = 5_000;
const PAUSE_MS_MIN = 25;
const PAUSE_MS_MAX = 1_000;

/** Failures after which the same request may succeed elsewhere or later. A full disk is not among them: waiting does not empty it. */
const RETRIED: ReadonlySet<ErrorCode> = new Set([
  'NS_NOT_PRIMARY',
  'NS_FENCED',
  'NS_UNAVAILABLE',
  'NS_NO_QUORUM',
  'NS_BUSY',
  'NS_DEADLINE_EXCEEDED',
  'NS_CONNECTION_LOST',
  'NS_CHECKSUM_MISMATCH',
]);

export interface AskOptions {
  /** From the first failure on. */
  readonly retryForMs?: number;
  readonly signal?: AbortSignal;
}

export class StorageNodes {
  readonly links: readonly NodeLink[];
  readonly primary: PrimaryGuess;
  #primaryMissedAtMs = Number.NEGATIVE_INFINITY;

  constructor(links: readonly NodeLink[]) {
    this.links = links;
    this.primary = new PrimaryGuess(links.map(({ id }) => id));
  }

  /**
   * Runs `work` with the primary, again and again with growing pauses until it succeeds, fails for good, or `retryForMs` are
   * over. `work` must be safe to repeat. Throws what the last attempt threw.
   */
  async askPrimary<Answer>(work: (connection: Connection, node: NodeLink) => Promise<Answer>, options: AskOptions = {}): Promise<Answer> {
    const { retryForMs = RETRY_FOR_MS, signal } = options;
    let giveUpAtMs: number | undefined;
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted();
      const link = this.link(this.primary.nodeId);
      try {
        const answer = await link.converse((connection) => work(connection, link), signal);
        this.#primaryMissedAtMs = Number.NEGATIVE_INFINITY;
        return answer;
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = toNetStoreError(thrown);
        giveUpAtMs ??= performance.now() + retryForMs;
        if (!RETRIED.has(error.code)) throw error;
        this.#learnFrom(error, link.id);
        if (performance.now() >= giveUpAtMs) {
          this.#primaryMissedAtMs = performance.now();
          throw error;
        }
      }
      await sleep(pauseMs(attempt), undefined, signal === undefined ? {} : { signal });
    }
  }

  /** Nobody was found who is primary, a moment ago: who can do without need not look for one again. */
  get isPrimaryMissing(): boolean {
    return performance.now() - this.#primaryMissedAtMs < PRIMARY_MISSED_FOR_MS;
  }

  link(nodeId: NodeId): NodeLink {
    const link = this.links.find(({ id }) => id === nodeId);
    if (link === undefined) throw new RangeError(`Node is not configured: ${nodeId}`);
    return link;
  }

  /** Nodes to read from, best first: those that do well before those that failed lately, the less busy before the busier. */
  byFitness(): readonly NodeLink[] {
    const nowMs = Date.now();
    const offset = Math.floor(Math.random() * this.links.length);
    const rotated = [...this.links.slice(offset), ...this.links.slice(0, offset)];
    return rotated.sort((a, b) => Number(a.isAvoided(nowMs)) - Number(b.isAvoided(nowMs)) || a.inFlight - b.inFlight);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.links.map((link) => link[Symbol.asyncDispose]()));
  }

  /** A hint moves the guess; without one the next node is asked, except when the primary is only busy or lacks its peers. */
  #learnFrom(error: NetStoreError, asked: NodeId): void {
    const { epoch, primary } = error.details;
    if (typeof epoch === 'number') this.primary.learn({ epoch, primary: (typeof primary === 'string' ? primary : null) as NodeId | null });
    const hasHint = typeof primary === 'string' && primary !== asked;
    const isPrimary = error.code === 'NS_BUSY' || error.code === 'NS_NO_QUORUM';
    if (!hasHint && !isPrimary) this.primary.moveOnFrom(asked);
  }
}

export function isRetried(error: unknown): boolean {
  return error instanceof NetStoreError && RETRIED.has(error.code);
}

/** Exponential with full jitter, so that many waiting requests do not come back at once. */
function pauseMs(attempt: number): number {
  const ceilingMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(attempt, 10));
  return PAUSE_MS_MIN + Math.random() * ceilingMs;
}

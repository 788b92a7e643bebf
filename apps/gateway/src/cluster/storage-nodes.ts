/**
 * The storage nodes as the gateway knows them, and the two ways to ask them: the primary, with retries until one is found
 * or the time is over, and any node, for what does not need the primary.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import type { NodeLink } from './node-link.ts';
import { PrimaryGuess } from './primary-guess.ts';
import { PrimaryLookout } from './primary-lookout.ts';

/** A fail-over takes under 5 s: this is twice as long. */
export const RETRY_FOR_MS = 10_000;
/** After so much silence the other nodes are asked whether somebody else is primary by now. */
const SILENCE_MS = 1_000;
const PAUSE_MS_MIN = 25;
const PAUSE_MS_MAX = 1_000;
/** Spreads those who waited for the same new primary. */
const WAKE_MS_MAX = 50;

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
/** Failures that only the primary answers with. */
const OF_PRIMARY: ReadonlySet<ErrorCode> = new Set(['NS_BUSY', 'NS_NO_QUORUM']);

export interface Attempt {
  readonly node: NodeLink;
  /** Aborted when the caller's is, and when another node is known to be primary: an answer is not worth waiting for then. */
  readonly signal: AbortSignal;
}

export type PrimaryWork<Answer> = (connection: Connection, attempt: Attempt) => Promise<Answer>;

export interface AskOptions {
  /** From the first failure on. */
  readonly retryForMs?: number;
  readonly signal?: AbortSignal;
  /** Told each time when whoever was asked turned out not to be the primary. */
  readonly onMissed?: () => void;
}

export class StorageNodes {
  readonly links: readonly NodeLink[];
  readonly primary: PrimaryGuess;
  readonly #lookout: PrimaryLookout;
  #missedSinceMs: number | undefined;

  constructor(links: readonly NodeLink[]) {
    this.links = links;
    this.primary = new PrimaryGuess(links.map(({ id }) => id));
    this.#lookout = new PrimaryLookout(links, this.primary);
    this.primary.onProven(() => this.#found());
  }

  /**
   * Runs `work` with the primary, again and again with growing pauses until it succeeds, fails for good, or `retryForMs` are
   * over. `work` must be safe to repeat, and must heed the signal it is given. Throws what the last attempt threw.
   */
  async askPrimary<Answer>(work: PrimaryWork<Answer>, options: AskOptions = {}): Promise<Answer> {
    const { retryForMs = RETRY_FOR_MS, signal, onMissed } = options;
    using waiting = new DisposableStack();
    let giveUpAtMs: number | undefined;
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted();
      const link = this.link(this.primary.nodeId);
      try {
        const answer = await this.#attempt(link, work, signal);
        this.#found();
        return answer;
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = toNetStoreError(thrown);
        if (!RETRIED.has(error.code)) throw error;
        this.#learnFrom(error, link.id);
        if (!OF_PRIMARY.has(error.code)) onMissed?.();
        giveUpAtMs ??= performance.now() + retryForMs;
        if (performance.now() >= giveUpAtMs) throw error;
      }
      if (attempt === 0) waiting.use(this.#lookout.join());
      await this.#pause(attempt, signal);
    }
  }

  /** Since when nobody was found who is primary; `undefined` when one was at the last attempt. */
  get missedSinceMs(): number | undefined {
    return this.#missedSinceMs;
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

  /**
   * One attempt. A node that was killed ends its connections; one that is frozen keeps them open and says nothing. So after some
   * silence the others are asked, and the attempt is given up when one of them has become primary.
   */
  async #attempt<Answer>(node: NodeLink, work: PrimaryWork<Answer>, outer: AbortSignal | undefined): Promise<Answer> {
    const replaced = new AbortController();
    using waiting = new DisposableStack();
    waiting.use(
      this.primary.onProven(({ epoch, nodeId }) => {
        if (nodeId !== node.id) replaced.abort(replacedError(node.id, epoch, nodeId));
      }),
    );
    const onSilent = setTimeout(() => waiting.use(this.#lookout.join()), SILENCE_MS);
    waiting.defer(() => clearTimeout(onSilent));
    const signal = outer === undefined ? replaced.signal : AbortSignal.any([outer, replaced.signal]);
    try {
      return await node.converse((connection) => work(connection, { node, signal }), signal);
    } catch (error) {
      if (!replaced.signal.aborted) throw error;
      node.avoid();
      throw replaced.signal.reason;
    }
  }

  #found(): void {
    this.#missedSinceMs = undefined;
  }

  /** Ends early when a primary is found. */
  async #pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const found = new AbortController();
    using _listening = this.primary.onProven(() => found.abort());
    const ending = signal === undefined ? found.signal : AbortSignal.any([signal, found.signal]);
    await sleep(pauseMs(attempt), undefined, { signal: ending }).catch(() => signal?.throwIfAborted());
    if (found.signal.aborted) await sleep(Math.random() * WAKE_MS_MAX, undefined, signal === undefined ? {} : { signal });
  }

  /** A hint that is believed moves the guess; without one the next node is asked, unless the primary is only busy or lacks its peers. */
  #learnFrom(error: NetStoreError, asked: NodeId): void {
    const { epoch, primary } = error.details;
    if (typeof epoch === 'number') this.primary.hear({ epoch, primary: (typeof primary === 'string' ? primary : null) as NodeId | null });
    if (OF_PRIMARY.has(error.code)) return;
    this.#missedSinceMs ??= performance.now();
    this.primary.moveOnFrom(asked);
  }
}

export function isRetried(error: unknown): boolean {
  return error instanceof NetStoreError && RETRIED.has(error.code);
}

function replacedError(asked: NodeId, epoch: number, primary: NodeId): NetStoreError {
  return new NetStoreError('NS_NOT_PRIMARY', `${asked} said nothing, and ${primary} is primary since epoch ${epoch}`, {
    details: { epoch, primary },
  });
}

/** Exponential with full jitter, so that many waiting requests do not come back at once. */
function pauseMs(attempt: number): number {
  const ceilingMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(attempt, 10));
  return PAUSE_MS_MIN + Math.random() * ceilingMs;
}

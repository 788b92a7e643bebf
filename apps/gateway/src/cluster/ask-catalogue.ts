/**
 * Puts one question about the tree to the node that should answer it.
 *
 * The primary knows the present state. A client that says which state it has seen may be answered by any full member that has applied
 * that. While nobody is primary, any node answers from the state it has, and the answer says that it may be old. That nothing is
 * there is believed of the primary alone: others are asked only whether they know better than that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError } from '@netstore/shared-types';
import type { CatalogueQuestion, Dated } from './catalogue-question.ts';
import type { NodeLink } from './node-link.ts';
import { olderAnswer } from './older-answer.ts';
import { isRetried, type StorageNodes } from './storage-nodes.ts';

/** How long a primary may be away before questions no longer wait for one: a fail-over takes under 5 s. */
const AWAY_MS_MAX = 6_000;
/** For one round of questions, should there be a primary again. */
const RETRY_FOR_MS_MIN = 300;
/** So long a switch-over may take before an old answer is better than none. */
const OLDER_AFTER_MISSED_MS = 300;
/** The primary says nothing. */
const OLDER_AFTER_SILENCE_MS = 1_000;
/** A member that needs longer is no relief for the primary. */
const MEMBER_WITHIN_MS = 500;
const MEMBERS_ASKED_MAX = 2;
/** Made once: a reason of its own for each question would be a stack trace each. */
const ANSWERED = new NetStoreError('NS_CONNECTION_LOST', 'Another answer came first');

export async function askCatalogue<Answer extends Dated>(
  nodes: StorageNodes,
  signal: AbortSignal,
  question: CatalogueQuestion<Answer>,
): Promise<Answer> {
  const answer = question.isSpread && question.minSeq !== null ? await askMembers(nodes, signal, question) : undefined;
  return answer ?? askPrimaryFirst(nodes, signal, question);
}

/** `undefined` when none of the fittest has applied what the client has seen, and when nothing was found there. */
async function askMembers<Answer extends Dated>(
  nodes: StorageNodes,
  outer: AbortSignal,
  { ask, minSeq, isFound }: CatalogueQuestion<Answer>,
): Promise<Answer | undefined> {
  for (const link of nodes.byFitness().slice(0, MEMBERS_ASKED_MAX)) {
    const signal = AbortSignal.any([outer, AbortSignal.timeout(MEMBER_WITHIN_MS)]);
    try {
      const answer = await link.converse((connection) => ask(connection, { allowStale: false, minSeq }, signal), signal);
      return isFound(answer) ? answer : undefined;
    } catch {
      outer.throwIfAborted();
    }
  }
  return undefined;
}

/** The primary's answer. Where that is late, what another node knows, provided that it knows of something. */
async function askPrimaryFirst<Answer extends Dated>(
  nodes: StorageNodes,
  outer: AbortSignal,
  question: CatalogueQuestion<Answer>,
): Promise<Answer> {
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  const outcome = Promise.withResolvers<Answer>();
  const late = new LatePrimary(nodes);
  const older = late.due(signal).then(() => olderAnswer(nodes, signal, question));
  older.then((answer) => question.isFound(answer) && outcome.resolve(answer)).catch(() => undefined);
  askPresent(nodes, question, { signal, onMissed: () => late.hasten() })
    .catch((error: unknown) => {
      if (!isRetried(error) || signal.aborted) throw error;
      late.hasten();
      return older.then((answer) => (question.isFound(answer) ? answer : { ...answer, isStale: true }));
    })
    .then(outcome.resolve, outcome.reject);
  try {
    return await outcome.promise;
  } finally {
    over.abort(ANSWERED);
  }
}

/** Answers from an epoch that is over are as good as none: the node that gives them has missed being replaced. */
function askPresent<Answer extends Dated>(
  nodes: StorageNodes,
  { ask }: CatalogueQuestion<Answer>,
  options: { readonly signal: AbortSignal; readonly onMissed: () => void },
): Promise<Answer> {
  const awayForMs = nodes.missedSinceMs === undefined ? 0 : performance.now() - nodes.missedSinceMs;
  const retryForMs = Math.max(RETRY_FOR_MS_MIN, AWAY_MS_MAX - awayForMs);
  return nodes.askPrimary(
    async (connection, attempt) => {
      const answer = await ask(connection, { allowStale: false, minSeq: null }, attempt.signal);
      if (nodes.primary.prove({ epoch: answer.epoch, nodeId: attempt.node.id })) return answer;
      throw new NetStoreError('NS_FENCED', `Epoch is too old: expected ${nodes.primary.epoch} or later, got ${answer.epoch}`);
    },
    { retryForMs, ...options },
  );
}

/** When it is time to ask the others: after some silence of the primary, and sooner once it is known that it is away. */
class LatePrimary {
  readonly #nodes: StorageNodes;
  readonly #asked: NodeLink;
  readonly #askedAtMs = performance.now();
  readonly #hastened = Promise.withResolvers<void>();

  constructor(nodes: StorageNodes) {
    this.#nodes = nodes;
    this.#asked = nodes.link(nodes.primary.nodeId);
    if (nodes.missedSinceMs !== undefined || this.#asked.isAvoided(Date.now())) this.hasten();
  }

  hasten(): void {
    this.#hastened.resolve();
  }

  /** Rejects when aborted. */
  async due(signal: AbortSignal): Promise<void> {
    const hastened = new AbortController();
    const silence = sleep(OLDER_AFTER_SILENCE_MS, undefined, { signal: AbortSignal.any([signal, hastened.signal]) });
    // Bytes are read elsewhere, too, and the next question does not wait so long again.
    await Promise.race([silence.then(() => this.#asked.avoid()), this.#hastened.promise]);
    hastened.abort(ANSWERED);
    const missedSinceMs = this.#nodes.missedSinceMs ?? this.#askedAtMs;
    await sleep(Math.max(0, missedSinceMs + OLDER_AFTER_MISSED_MS - performance.now()), undefined, { signal });
  }
}

/** What the nodes know while nobody is primary. All that do well are asked at once: the newest state among theirs is the best there is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { CatalogueQuestion, Dated } from './catalogue-question.ts';
import type { NodeLink } from './node-link.ts';
import type { StorageNodes } from './storage-nodes.ts';

/** How long the others may still answer once one did. */
const GATHER_MS = 100;

/** An answer that is as new as the client asked for, else the newest. Throws `NS_UNAVAILABLE`, naming each node and its reason. */
export async function olderAnswer<Answer extends Dated>(
  nodes: StorageNodes,
  outer: AbortSignal,
  question: CatalogueQuestion<Answer>,
): Promise<Answer> {
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  const failures = new Map<NodeId, string>();
  const asked = fittest(nodes).map(async (link) => {
    try {
      return judged(await askOne(link, question, signal), nodes.primary.epoch, question.minSeq);
    } catch (error) {
      failures.set(link.id, toNetStoreError(error).message);
      throw error;
    }
  });
  try {
    const first = await Promise.any(asked).catch(() => undefined);
    outer.throwIfAborted();
    if (first === undefined) throw nobodyAnswered(failures);
    return first.isStale ? newestOf(await answersWithin(asked, GATHER_MS, signal)) : first;
  } finally {
    over.abort();
  }
}

function fittest({ links }: StorageNodes): readonly NodeLink[] {
  const nowMs = Date.now();
  const fit = links.filter((link) => !link.isAvoided(nowMs));
  return fit.length > 0 ? fit : links;
}

function askOne<Answer extends Dated>(link: NodeLink, { ask, minSeq }: CatalogueQuestion<Answer>, signal: AbortSignal): Promise<Answer> {
  return link.converse((connection) => ask(connection, { allowStale: true, minSeq }, signal), signal);
}

/** A primary that missed being replaced takes its own state for the present one. */
function judged<Answer extends Dated>(answer: Answer, epoch: number, minSeq: number | null): Answer {
  const isNewEnough = minSeq !== null && answer.appliedSeq >= minSeq;
  return answer.epoch < epoch && !isNewEnough ? { ...answer, isStale: true } : answer;
}

async function answersWithin<Answer>(asked: readonly Promise<Answer>[], limitMs: number, signal: AbortSignal): Promise<Answer[]> {
  const answers: Answer[] = [];
  const gathering = asked.map((each) => each.then((answer) => answers.push(answer)));
  await Promise.race([Promise.allSettled(gathering), sleep(limitMs, undefined, { signal })]);
  return answers;
}

function newestOf<Answer extends Dated>(answers: readonly Answer[]): Answer {
  return answers.reduce((best, answer) => {
    if (answer.isStale !== best.isStale) return answer.isStale ? best : answer;
    return answer.appliedSeq > best.appliedSeq ? answer : best;
  });
}

function nobodyAnswered(failures: ReadonlyMap<NodeId, string>): NetStoreError {
  const reasons = [...failures].map(([nodeId, reason]) => `${nodeId}: ${reason}`);
  return new NetStoreError('NS_UNAVAILABLE', `No node answered: ${reasons.join('; ')}`);
}

/**
 * The drained switch-over: no operation is appended any more, the preferred node gets everything that was, and is asked to stand. Its
 * higher epoch ends this term. When it does not come, this node goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Replica } from './core/replica.ts';
import type { LogTail } from './log-tail.ts';
import type { Peer } from './peers.ts';
import type { PrimaryTerm } from './primary-term.ts';

const DRAIN_MS_MAX = 1_000;
const POLL_MS = 5;
const ANSWER_TIMEOUT_MS = 2_000;
/** For the other one to promise itself the next epoch and to ask for ours. */
const TAKE_OVER_MS_MAX = 2_000;

export interface GiveWayOptions {
  readonly self: NodeId;
  readonly term: PrimaryTerm;
  readonly peer: Peer;
  readonly core: Replica;
  readonly tail: LogTail;
  readonly logger: Logger;
}

/** Resolves when the term is over or operations are taken again. */
export async function giveWay({ self, term, peer, core, tail, logger }: GiveWayOptions): Promise<void> {
  using _pause = term.proposals.pause();
  const isDrained = (): boolean => term.proposals.isIdle && (core.acknowledgedBy(peer.id) ?? 0) >= tail.last.seq;
  if (!(await within(DRAIN_MS_MAX, isDrained, term.ended))) {
    logger.info({ to: peer.id }, 'switch-over was put off: the preferred node does not keep up');
    return;
  }
  try {
    await using connection = await peer.dial('control', term.ended);
    logger.info({ to: peer.id }, 'handing over to the preferred node');
    await connection.request('HAND_OVER', { epoch: term.epoch, primary: self }, 'HANDED_OVER', {
      timeoutMs: ANSWER_TIMEOUT_MS,
      signal: term.ended,
    });
  } catch (thrown) {
    if (term.ended.aborted) return;
    logger.warn({ to: peer.id, reason: toNetStoreError(thrown).message }, 'the preferred node did not take over');
    return;
  }
  await within(TAKE_OVER_MS_MAX, () => false, term.ended);
}

async function within(limitMs: number, isReached: () => boolean, signal: AbortSignal): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs && !signal.aborted; waitedMs += POLL_MS) {
    if (isReached()) return true;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

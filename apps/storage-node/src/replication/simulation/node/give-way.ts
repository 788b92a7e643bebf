/** The drained switch-over: `giveWay`. */
import type { NodeId } from '@netstore/shared-types';
import { AbortedError, type Fiber } from '../world/fiber.ts';
import { SimError } from '../world/sim-error.ts';
import type { NodeParts } from './node-parts.ts';
import type { SimTerm } from './sim-term.ts';

const DRAIN_MS_MAX = 1_000;
const POLL_MS = 20;
const ANSWER_TIMEOUT_MS = 2_000;
const TAKE_OVER_MS_MAX = 2_000;

/** Returns when the term is over or operations are taken again. */
export function* giveWay(parts: NodeParts, term: SimTerm, to: NodeId): Fiber {
  term.proposals.pause(true);
  try {
    yield* drainAndAsk(parts, term, to);
  } catch (error) {
    if (!(error instanceof SimError || error instanceof AbortedError)) throw error;
    parts.world.cover('hand-over: not taken over');
  } finally {
    term.proposals.pause(false);
  }
}

function* drainAndAsk(parts: NodeParts, term: SimTerm, to: NodeId): Fiber {
  const { core, tail, world, end, self } = parts;
  const isDrained = (): boolean => term.proposals.isIdle && (core.acknowledgedBy(to) ?? 0) >= tail.last.seq;
  if (!(yield* within(DRAIN_MS_MAX, isDrained, term))) {
    world.cover('hand-over: put off');
    return;
  }
  const connection = yield* world.network.dial(end, to, 'control');
  try {
    yield* connection.request({ name: 'HAND_OVER', epoch: term.epoch, primary: self }, 'HANDED_OVER', ANSWER_TIMEOUT_MS);
  } finally {
    connection.destroy();
  }
  const isOver = yield* within(TAKE_OVER_MS_MAX, () => term.scope.isAborted, term);
  world.cover(isOver || term.scope.isAborted ? 'hand-over: done' : 'hand-over: nobody came');
}

function* within(limitMs: number, isReached: () => boolean, term: SimTerm): Fiber<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs && !term.scope.isAborted; waitedMs += POLL_MS) {
    if (isReached()) return true;
    yield POLL_MS;
  }
  return false;
}

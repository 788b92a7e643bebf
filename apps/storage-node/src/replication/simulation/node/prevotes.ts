/** Asks the others whether they would promise: `requestPrevotes`. */
import type { NodeId } from '@netstore/shared-types';
import type { Fiber } from '../world/fiber.ts';
import { SimError } from '../world/sim-error.ts';
import { dialPeer } from './control-link.ts';
import { type NodeParts, others } from './node-parts.ts';

const ANSWER_TIMEOUT_MS = 900;

export function requestPrevotes(parts: NodeParts, epoch: number): void {
  for (const peer of others(parts)) parts.spawn(parts.scope, askOne(parts, peer, epoch));
}

function* askOne(parts: NodeParts, peer: NodeId, epoch: number): Fiber {
  const { world, self, vote, trust, members, guard } = parts;
  const untilMs = world.time.nowMs + ANSWER_TIMEOUT_MS;
  try {
    const connection = yield* dialPeer(parts, peer, 'control');
    try {
      const disk = trust.ask(connection);
      const asked = { name: 'REQUEST_PREVOTE', epoch, candidate: self, generation: vote.current.generation } as const;
      const answer = yield* connection.request(asked, 'PREVOTE', Math.max(0, untilMs - world.time.nowMs));
      const { isGranted, promisedEpoch, generation } = answer;
      world.cover(isGranted ? 'pre-vote granted' : 'pre-vote refused');
      const isVoter = trust.isTrusted(disk, generation) && world.rules.isVoter(members, peer, disk.incarnation);
      guard(parts.stepUnlessFenced({ kind: 'prevoted', from: peer, epoch, isGranted: isGranted && isVoter, promisedEpoch }));
    } finally {
      connection.destroy();
    }
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
  }
}

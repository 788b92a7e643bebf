/** What the parts of one simulated process share. */
import type { NodeId } from '@netstore/shared-types';
import type { Aborted } from '../../aborted.ts';
import type { Replica, ReplicaEvent } from '../../core/replica.ts';
import type { EndPoint } from '../world/connection.ts';
import type { SimDisk } from '../world/disk.ts';
import type { Fiber, Life, Scope, Task } from '../world/fiber.ts';
import type { World } from '../world/world.ts';
import type { SimLog } from './sim-log.ts';
import type { SimMembers } from './sim-members.ts';
import type { SimTail } from './sim-tail.ts';
import type { SimTrust } from './sim-trust.ts';
import type { SimVote } from './sim-vote.ts';

export interface NodeParts {
  readonly world: World;
  readonly self: NodeId;
  /** All nodes in this node's own configured order. */
  readonly nodes: readonly NodeId[];
  readonly life: Life;
  /** Ends with the process. */
  readonly scope: Scope;
  readonly end: EndPoint;
  readonly disk: SimDisk;
  readonly log: SimLog;
  readonly vote: SimVote;
  readonly tail: SimTail;
  readonly members: SimMembers;
  readonly aborted: Aborted;
  readonly core: Replica;
  readonly step: (event: ReplicaEvent) => Fiber;
  /** For what nobody waits for: a higher epoch that was promised in the same moment is no failure. */
  readonly stepUnlessFenced: (event: ReplicaEvent) => Fiber;
  /** The core hears of the members by this node's log. */
  readonly tellMembers: () => Fiber;
  readonly spawn: <Result>(scope: Scope, fiber: Fiber<Result>) => Task<Result>;
  /** A failure of the fiber ends the process. */
  readonly guard: (fiber: Fiber) => Task<void>;
  readonly trust: SimTrust;
}

export function others({ nodes, self }: NodeParts): readonly NodeId[] {
  return nodes.filter((node) => node !== self);
}

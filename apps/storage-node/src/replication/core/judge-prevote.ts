/** Whether a node would promise now. Binds nobody. Pure. */
import type { NodeId } from '@netstore/shared-types';
import type { Election } from './election.ts';
import type { EpochPromise } from './epoch.ts';
import { isOpen, type ReplicaRole } from './replica-events.ts';

export interface PrevoteAnswer {
  readonly isGranted: boolean;
  /** For people; null when it is granted. */
  readonly reason: string | null;
}

export interface PrevoteJudge {
  readonly self: NodeId;
  readonly role: ReplicaRole;
  readonly promised: EpochPromise;
  readonly members: ReadonlySet<NodeId>;
  readonly election: Election;
}

/** The caller has seen to it that the disk that asks is a full member's. */
export function judgePrevote({ self, role, promised, members, election }: PrevoteJudge, from: NodeId): PrevoteAnswer {
  const refuse = (reason: string): PrevoteAnswer => ({ isGranted: false, reason });
  if (!members.has(self)) return refuse('this node is a learner');
  if (!members.has(from)) return refuse(`${from} is no full member`);
  if (isOpen(role)) return refuse(`this node is primary in epoch ${promised.epoch}`);
  const reason = election.whyNotStand(from, promised.candidate);
  return reason === undefined ? { isGranted: true, reason: null } : refuse(reason);
}

/** Who has to hold what before it counts. Pure. */
import type { NodeId } from '@netstore/shared-types';

/** Two of three, three of five. */
export function majorityOf(nodeCount: number): number {
  return Math.floor(nodeCount / 2) + 1;
}

export interface CommitVote {
  readonly self: NodeId;
  /** What this node, the primary, holds durably. */
  readonly ownSeq: number;
  /** What each peer acknowledged in this epoch. */
  readonly acknowledged: ReadonlyMap<NodeId, number>;
  readonly members: ReadonlySet<NodeId>;
  readonly quorum: number;
  /** The record that opened the epoch: those before it commit only together with it. */
  readonly epochStartSeq: number;
}

/** The highest seq that a quorum of full members, the primary one of them, holds; `undefined` while that is before the epoch's own records. */
export function commitPoint(vote: CommitVote): number | undefined {
  const held = [...vote.acknowledged].filter(([peer]) => peer !== vote.self && vote.members.has(peer)).map(([, seq]) => seq);
  held.sort((a, b) => b - a);
  const others = vote.quorum - 1;
  const byOthers = others === 0 ? vote.ownSeq : held[others - 1];
  if (byOthers === undefined) return undefined;
  const seq = Math.min(byOthers, vote.ownSeq);
  return seq >= vote.epochStartSeq ? seq : undefined;
}

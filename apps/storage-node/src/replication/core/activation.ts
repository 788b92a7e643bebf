/**
 * Which log an epoch begins with. Pure: hashes are opaque words here.
 *
 * A majority has stated its logs. The one that ends in the highest epoch, and of those the longest, has every committed record
 * that any of them has: whoever led that epoch began with such a log, and one primary leads an epoch. The candidate's own log
 * has no privilege.
 *
 * A log that was damaged states less than it once held. Its mark, the last position its node acknowledged, says how much: unless
 * the chosen log has that record too, a committed record may be among what was lost, and another node has to be heard.
 *
 * An empty log is no proof that the cluster is new: a node that was cut off from the beginning has one, and so has a new disk in the place of one
 * that had everything, which does not know yet that it is a learner. All nodes together are the proof.
 */
import type { NodeId } from '@netstore/shared-types';
import { majorityOf } from './quorum.ts';

export interface StatedPosition {
  readonly seq: number;
  readonly hash: string;
}

export interface StatedLog {
  readonly node: NodeId;
  readonly lastEpoch: number;
  readonly last: StatedPosition;
  /** Up to here the node knows it to be committed. */
  readonly commitSeq: number;
  /** The last position it acknowledged. Above `last` when its log was damaged. */
  readonly mark: StatedPosition;
  /** What it has above `commitSeq`, or the first part of it. */
  readonly records: readonly StatedPosition[];
}

export type LogChoice =
  | { readonly kind: 'chosen'; readonly from: NodeId }
  /** Not before more nodes have promised. */
  | { readonly kind: 'wait'; readonly reason: string };

/** `logs`: of those that promised, the candidate's first. `nodeCount`: of all nodes. Of equal logs the first is chosen. */
export function chooseLog(logs: readonly StatedLog[], nodeCount: number): LogChoice {
  const quorum = majorityOf(nodeCount);
  if (logs.length < quorum) return { kind: 'wait', reason: `${logs.length} of ${quorum} nodes have promised` };
  const best = logs.reduce((one, other) => (isFurther(other, one) ? other : one));
  if (best.last.seq === 0 && logs.length < nodeCount)
    return { kind: 'wait', reason: 'nobody who promised has a record: the first epoch needs all nodes' };
  const uncertain = logs.filter((log) => isDamaged(log) && !hasPosition(best, log.mark));
  // One damaged log beyond a majority of others is no loss: what it held and lost was committed with one of them.
  if (uncertain.length <= logs.length - quorum) return { kind: 'chosen', from: best.node };
  const names = uncertain.map(({ node, last, mark }) => `${node} has lost records ${last.seq + 1} to ${mark.seq}`);
  return { kind: 'wait', reason: `${names.join(' and ')}, and no other node that promised has them` };
}

export function isDamaged({ last, mark }: StatedLog): boolean {
  return mark.seq > last.seq;
}

function isFurther(one: StatedLog, other: StatedLog): boolean {
  return one.lastEpoch > other.lastEpoch || (one.lastEpoch === other.lastEpoch && one.last.seq > other.last.seq);
}

/** A mark at or below what is committed is of a committed record, or of one that lost to it. A damaged log may end before what its node knows to be committed. */
function hasPosition({ commitSeq, last, records }: StatedLog, position: StatedPosition): boolean {
  return position.seq <= Math.min(commitSeq, last.seq) || records.some(({ seq, hash }) => seq === position.seq && hash === position.hash);
}

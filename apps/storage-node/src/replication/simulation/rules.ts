/**
 * The rules that replication stands on, each at the one place where the simulated driver asks it. In truth they are those of the production
 * code; a planted bug puts another one in the place of one of them, and the simulation has to notice.
 */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import { type DiskProgress, holdsEnough } from '../core/holds-enough.ts';
import { type AppendOffer, type AppendPlan, planAppend } from '../core/log-rules.ts';
import { Replica, type ReplicaStart } from '../core/replica.ts';
import { type BlobTraces, isProvenVoid } from '../core/void-records.ts';
import type { Members } from '../members.ts';
import { type Applied, applyRecord, type CatalogueState } from './world/catalogue-state.ts';
import type { SimDisk } from './world/disk.ts';
import type { LogStatement } from './world/messages.ts';
import type { Position, SimRecord } from './world/record.ts';

export interface OwnPlace {
  readonly self: NodeId;
  readonly incarnation: Incarnation | null;
  readonly nodes: readonly NodeId[];
}

export interface Rules {
  readonly makeCore: (start: ReplicaStart) => Replica;
  readonly planAppend: (offer: AppendOffer) => AppendPlan;
  readonly isProvenVoid: (seq: number, answers: readonly BlobTraces[]) => boolean;
  readonly applyRecord: (state: CatalogueState, record: SimRecord, isVoid: boolean) => Applied;
  /** Whether what this disk acknowledges counts; by itself the one that was seen last under the name. */
  readonly counts: (members: Members, peer: NodeId, incarnation?: Incarnation | null) => boolean;
  /** Whether the promise of this disk counts. */
  readonly isVoter: (members: Members, peer: NodeId, incarnation: Incarnation | null) => boolean;
  /** Whether this node's own disk may promise. */
  readonly isOwnDiskFull: (members: Members, self: NodeId, incarnation: Incarnation | null) => boolean;
  readonly voters: (members: Members, place: OwnPlace) => ReadonlySet<NodeId>;
  /** Throws when the disk that asks for a vote is no full member's. */
  readonly admit: (members: Members, candidate: NodeId, incarnation: Incarnation | null) => void;
  /** What a node says of its log when it promises. */
  readonly statement: (statement: LogStatement) => LogStatement;
  /** Whether the log has this very record. */
  readonly isSamePosition: (own: Position | undefined, stated: Position) => boolean;
  /** How far a secondary's log is the primary's, once an append is durable. */
  readonly matchedSeq: (matchedSeq: number, durableSeq: number) => number;
  /** Whether a secondary may apply what the primary says is committed: not before it has the record that opened the epoch. */
  readonly isCommitKnown: (lastEpoch: number, streamEpoch: number) => boolean;
  /** Whether a record is acknowledged only with its blobs. */
  readonly isGated: (record: SimRecord, streamEpoch: number) => boolean;
  /** Whether the mark of a damaged log is of an earlier epoch for certain. */
  readonly isLaterThanMark: (epoch: number, promisedAtStart: number) => boolean;
  /** A log that is cut takes its mark down with it, unless the mark says what a damaged log once held. */
  readonly mayLowerMark: (isMarkLost: boolean) => boolean;
  /** Before a process trusts its disk. */
  readonly beforeStart: (disk: SimDisk) => void;
  readonly isPromiseSynced: boolean;
  /** Whether a node looks again, before it says what its log is, that it has not promised a higher epoch meanwhile. */
  readonly isPromiseCheckedAgain: boolean;
  readonly isSyncedBeforeAck: boolean;
  readonly isReadConfirmed: boolean;
  readonly isServedEarly: boolean;
  readonly isRolledBackRefused: boolean;
  /** Whether a new disk may be taken in. */
  readonly holdsEnough: (progress: DiskProgress, joining: Incarnation, wantedSeq: number) => boolean;
}

export const PRODUCTION_RULES: Rules = {
  makeCore: (start) => new Replica(start),
  planAppend,
  isProvenVoid,
  applyRecord,
  counts: (members, peer, incarnation) => members.counts(peer, incarnation),
  isVoter: (members, peer, incarnation) => members.isMember(peer, incarnation),
  isOwnDiskFull: (members, self, incarnation) => incarnation !== null && members.isFull(self, incarnation),
  voters: (members, { self, incarnation, nodes }) => members.voters(self, incarnation, nodes),
  admit: (members, candidate, incarnation) => members.admit(candidate, incarnation),
  statement: (statement) => statement,
  isSamePosition: (own, stated) => own?.hash === stated.hash,
  matchedSeq: (matchedSeq) => matchedSeq,
  isCommitKnown: (lastEpoch, streamEpoch) => lastEpoch >= streamEpoch,
  isGated: (record, streamEpoch) => record.epoch >= streamEpoch,
  isLaterThanMark: (epoch, promisedAtStart) => epoch > promisedAtStart,
  mayLowerMark: (isMarkLost) => !isMarkLost,
  beforeStart: () => undefined,
  isPromiseSynced: true,
  isPromiseCheckedAgain: true,
  isSyncedBeforeAck: true,
  isReadConfirmed: true,
  isServedEarly: false,
  isRolledBackRefused: true,
  holdsEnough,
};

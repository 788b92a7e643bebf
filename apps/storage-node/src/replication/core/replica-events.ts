/** What may happen to a replica, and what it says has to be done. */
import type { NodeId } from '@netstore/shared-types';
import type { StatedLog } from './activation.ts';
import type { EpochPromise } from './epoch.ts';

export interface ReplicaStart {
  readonly self: NodeId;
  /** All configured nodes in order of preference. */
  readonly nodes: readonly NodeId[];
  readonly promised: EpochPromise;
  /** The end of this node's log. */
  readonly last: { readonly seq: number; readonly epoch: number };
  readonly commitSeq: number;
  /** Whether this node takes over by itself from a primary that is silent. */
  readonly isAutomatic: boolean;
  /** How long a preferred node has to be up and caught up before this one gives way to it. */
  readonly preferAfterMs: number;
  /** Of a clock that never jumps. */
  readonly nowMs: number;
}

/**
 * `prevoting`, `candidate` and `recovering` are steps of one attempt: whether a majority would promise, whether it has, and whether
 * this node's log has become the one that the epoch begins with. `activating`: its first record is not committed yet.
 */
export type ReplicaRole = 'secondary' | 'prevoting' | 'candidate' | 'recovering' | 'activating' | 'primary';

export type ReplicaEvent =
  /** Time passes. */
  | { readonly kind: 'tick'; readonly nowMs: number }
  /** Somebody wants this node to be primary: a person, or the primary, who then consents and need not be asked again. */
  | { readonly kind: 'stand'; readonly cause: 'promoted' | 'handed-over' }
  | {
      readonly kind: 'prevoted';
      readonly from: NodeId;
      readonly epoch: number;
      readonly isGranted: boolean;
      readonly promisedEpoch: number;
    }
  /** The promise of a `store-promise` effect is durable: nothing of a lower epoch is taken from now on. */
  | { readonly kind: 'promise-durable'; readonly promise: EpochPromise }
  /** And nothing of a lower epoch is under way any more, so that `own` says where this node's log ends. */
  | { readonly kind: 'promise-stored'; readonly promise: EpochPromise; readonly own: StatedLog }
  /** A peer promised, and stated its log. */
  | { readonly kind: 'promised'; readonly epoch: number; readonly log: StatedLog }
  /** Somebody refused because of a higher epoch. `of`: the epoch that was refused, when it is known. */
  | { readonly kind: 'fenced'; readonly epoch: number; readonly of?: number }
  /** This node's log is the chosen one now, durably. */
  | { readonly kind: 'recovered'; readonly epoch: number }
  | { readonly kind: 'recovery-failed'; readonly epoch: number; readonly reason: string }
  /** This node's log is durable, and acknowledged by itself, up to here. */
  | { readonly kind: 'logged'; readonly seq: number; readonly epoch: number }
  /** This node could not write its log, or not in time: what it sent of it may be on peers, so the epoch cannot go on. */
  | { readonly kind: 'log-failed'; readonly reason: string }
  /** A peer's log stream was opened: what it acknowledged before may have been another disk. */
  | { readonly kind: 'stream-opened'; readonly from: NodeId }
  /** A peer that counts holds this node's log up to here. The caller compared the hashes. */
  | { readonly kind: 'acknowledged'; readonly from: NodeId; readonly epoch: number; readonly seq: number }
  /** A peer that counts answered in this epoch. Its catalogue has what is committed up to `appliedSeq`. */
  | {
      readonly kind: 'heard';
      readonly from: NodeId;
      readonly epoch: number;
      readonly appliedSeq: number;
      /** It takes no new bytes. */
      readonly isDiskFull: boolean;
    }
  /** The full members, by this node's log. Without itself when its disk is none. */
  | { readonly kind: 'members'; readonly members: ReadonlySet<NodeId> }
  /** Something of this epoch arrived from this node. */
  | { readonly kind: 'offered'; readonly epoch: number; readonly from: NodeId }
  /** The primary said what is committed; this node's log is the primary's up to `heldSeq`. */
  | { readonly kind: 'commit-known'; readonly epoch: number; readonly commitSeq: number; readonly heldSeq: number };

export type ReplicaEffect =
  | { readonly kind: 'request-prevotes'; readonly epoch: number }
  | { readonly kind: 'store-promise'; readonly promise: EpochPromise }
  | { readonly kind: 'request-promises'; readonly epoch: number }
  /** Make this node's log equal to the one of `from`, which may be itself. */
  | { readonly kind: 'recover-log'; readonly epoch: number; readonly from: NodeId; readonly logs: readonly StatedLog[] }
  | { readonly kind: 'append-new-epoch'; readonly epoch: number }
  /** Records up to here are committed. */
  | { readonly kind: 'commit'; readonly seq: number }
  /** The epoch is open: operations may be proposed. */
  | { readonly kind: 'serve' }
  /** Stop taking operations and ask this node to stand once it has everything. */
  | { readonly kind: 'hand-over'; readonly to: NodeId }
  | { readonly kind: 'step-down'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly promised: EpochPromise };

/** On its way to be primary, or primary: it has promised itself an epoch. */
export function leads(role: ReplicaRole): boolean {
  return role !== 'secondary' && role !== 'prevoting';
}

/** The epoch's own records are being written. */
export function isOpen(role: ReplicaRole): boolean {
  return role === 'activating' || role === 'primary';
}

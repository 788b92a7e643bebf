/**
 * The decisions of replication: who may become primary in which epoch, what is committed, what is refused. Pure: `step`
 * takes what happened and says what to do; it has no clock, no I/O and no randomness, so that a simulation can drive it
 * through every order of events.
 *
 *   secondary ── stand ──▶ candidate ── majority promised ──▶ activating ── NEW_EPOCH committed ──▶ primary
 *        ▲                     │                                  │                                   │
 *        └──────── refused, or a higher epoch was seen ───────────┴───────────────────────────────────┘
 *
 * The configured order of nodes chooses the candidate; a majority makes the choice safe.
 */
import type { NodeId } from '@netstore/shared-types';
import { type EpochPromise, judgeEpoch, nextEpoch } from './epoch.ts';
import { commitPoint, majorityOf } from './quorum.ts';

export interface ReplicaStart {
  readonly self: NodeId;
  /** All configured nodes in order of preference. */
  readonly nodes: readonly NodeId[];
  readonly promised: EpochPromise;
  /** The end of this node's log. */
  readonly last: { readonly seq: number; readonly epoch: number };
  readonly commitSeq: number;
}

export type ReplicaRole = 'secondary' | 'candidate' | 'activating' | 'primary';

export type ReplicaEvent =
  /** It is this node's turn to be primary. Ignored unless it is a secondary. */
  | { readonly kind: 'stand' }
  /** The promise of a `store-promise` effect is durable. */
  | { readonly kind: 'promise-stored'; readonly promise: EpochPromise }
  /** A peer promised. `knowsMore`: it may hold a committed record that this node's log does not have (`mayKnowMore`). */
  | { readonly kind: 'promised'; readonly from: NodeId; readonly epoch: number; readonly knowsMore: boolean }
  /** Somebody refused because of a higher epoch. */
  | { readonly kind: 'fenced'; readonly epoch: number }
  /** This node's log is durable, and acknowledged by itself, up to here. */
  | { readonly kind: 'logged'; readonly seq: number; readonly epoch: number }
  /** This node could not write its log: what it sent of it may be on peers, so the epoch cannot go on. */
  | { readonly kind: 'log-failed'; readonly reason: string }
  /** A peer holds this node's log up to here. The caller compared the hashes. */
  | { readonly kind: 'acknowledged'; readonly from: NodeId; readonly epoch: number; readonly seq: number }
  /** The full members, by the last applied NEW_EPOCH. */
  | { readonly kind: 'members'; readonly members: ReadonlySet<NodeId> }
  /** Something of this epoch arrived from this node. */
  | { readonly kind: 'offered'; readonly epoch: number; readonly from: NodeId }
  /** The primary said what is committed; this node's log is the primary's up to `heldSeq`. */
  | { readonly kind: 'commit-known'; readonly epoch: number; readonly commitSeq: number; readonly heldSeq: number };

export type ReplicaEffect =
  | { readonly kind: 'store-promise'; readonly promise: EpochPromise }
  | { readonly kind: 'request-promises'; readonly epoch: number }
  | { readonly kind: 'append-new-epoch'; readonly epoch: number }
  /** Records up to here are committed. */
  | { readonly kind: 'commit'; readonly seq: number }
  /** The epoch is open: operations may be proposed. */
  | { readonly kind: 'serve' }
  | { readonly kind: 'step-down'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly promised: EpochPromise };

export class Replica {
  readonly #self: NodeId;
  readonly #quorum: number;
  #role: ReplicaRole = 'secondary';
  #promised: EpochPromise;
  #members: ReadonlySet<NodeId>;
  #lastSeq: number;
  #lastEpoch: number;
  #commitSeq: number;
  /** The highest epoch anybody spoke of. */
  #seenEpoch = 0;
  #epochStartSeq: number | undefined;
  readonly #promisers = new Set<NodeId>();
  readonly #acknowledged = new Map<NodeId, number>();

  constructor(start: ReplicaStart) {
    this.#self = start.self;
    this.#quorum = majorityOf(start.nodes.length);
    this.#promised = start.promised;
    this.#members = new Set(start.nodes);
    this.#lastSeq = start.last.seq;
    this.#lastEpoch = start.last.epoch;
    this.#commitSeq = start.commitSeq;
  }

  get role(): ReplicaRole {
    return this.#role;
  }

  /** What this node has promised; its own epoch while it is primary. */
  get promised(): EpochPromise {
    return this.#promised;
  }

  get commitSeq(): number {
    return this.#commitSeq;
  }

  /** What a peer acknowledged in this epoch. */
  acknowledgedBy(peer: NodeId): number | undefined {
    return this.#acknowledged.get(peer);
  }

  isMember(node: NodeId): boolean {
    return this.#members.has(node);
  }

  step(event: ReplicaEvent): ReplicaEffect[] {
    switch (event.kind) {
      case 'stand':
        return this.#stand();
      case 'promise-stored':
        return this.#promiseStored(event.promise);
      case 'promised':
        return this.#promiseGranted(event);
      case 'fenced':
        return this.#fenced(event.epoch);
      case 'logged':
        return this.#logged(event.seq, event.epoch);
      case 'log-failed':
        return this.#role === 'secondary' ? [] : this.#stepDown(event.reason);
      case 'acknowledged':
        return this.#acknowledge(event);
      case 'members':
        this.#members = event.members;
        return this.#advanceCommit();
      case 'offered':
        return this.#offered(event.epoch, event.from);
      case 'commit-known':
        return this.#commitKnown(event);
    }
  }

  #stand(): ReplicaEffect[] {
    if (this.#role !== 'secondary' || !this.#members.has(this.#self)) return [];
    this.#role = 'candidate';
    this.#promisers.clear();
    const epoch = nextEpoch(this.#promised.epoch, this.#lastEpoch, this.#seenEpoch);
    return [{ kind: 'store-promise', promise: { epoch, candidate: this.#self } }];
  }

  #promiseStored(promise: EpochPromise): ReplicaEffect[] {
    const isOwn = promise.candidate === this.#self;
    if (promise.epoch < this.#promised.epoch) return [];
    this.#promised = promise;
    // A candidate whose own promise came too late for the same epoch would otherwise stand for ever.
    if (!isOwn) return this.#role === 'secondary' ? [] : this.#stepDown(`epoch ${promise.epoch} is promised to ${promise.candidate}`);
    if (this.#role !== 'candidate') return [];
    this.#promisers.add(this.#self);
    return [{ kind: 'request-promises', epoch: promise.epoch }, ...this.#activateWhenPromised()];
  }

  #promiseGranted(event: { from: NodeId; epoch: number; knowsMore: boolean }): ReplicaEffect[] {
    if (this.#role !== 'candidate' || event.epoch !== this.#promised.epoch || !this.#members.has(event.from)) return [];
    if (event.knowsMore) return this.#stepDown(`${event.from} may hold committed records that this node's log does not have`);
    this.#promisers.add(event.from);
    return this.#activateWhenPromised();
  }

  #activateWhenPromised(): ReplicaEffect[] {
    if (this.#promisers.size < this.#quorum) return [];
    this.#role = 'activating';
    this.#epochStartSeq = this.#lastSeq + 1;
    this.#acknowledged.clear();
    return [{ kind: 'append-new-epoch', epoch: this.#promised.epoch }];
  }

  #fenced(epoch: number): ReplicaEffect[] {
    this.#seenEpoch = Math.max(this.#seenEpoch, epoch);
    const isOurs = this.#promised.candidate === this.#self && this.#role !== 'secondary';
    // At the same epoch too: the peer has promised it to another candidate and will never take part in ours.
    return isOurs && epoch >= this.#promised.epoch ? this.#stepDown(`epoch ${epoch} was seen, this one is ${this.#promised.epoch}`) : [];
  }

  #stepDown(reason: string): ReplicaEffect[] {
    this.#role = 'secondary';
    this.#epochStartSeq = undefined;
    this.#promisers.clear();
    this.#acknowledged.clear();
    return [{ kind: 'step-down', reason }];
  }

  #logged(seq: number, epoch: number): ReplicaEffect[] {
    this.#lastSeq = seq;
    this.#lastEpoch = epoch;
    return this.#advanceCommit();
  }

  #acknowledge(event: { from: NodeId; epoch: number; seq: number }): ReplicaEffect[] {
    if (this.#epochStartSeq === undefined || event.epoch !== this.#promised.epoch) return [];
    this.#acknowledged.set(event.from, Math.max(event.seq, this.#acknowledged.get(event.from) ?? 0));
    return this.#advanceCommit();
  }

  #advanceCommit(): ReplicaEffect[] {
    if (this.#epochStartSeq === undefined || (this.#role !== 'activating' && this.#role !== 'primary')) return [];
    const seq = commitPoint({
      self: this.#self,
      ownSeq: this.#lastSeq,
      acknowledged: this.#acknowledged,
      members: this.#members,
      quorum: this.#quorum,
      epochStartSeq: this.#epochStartSeq,
    });
    if (seq === undefined || seq <= this.#commitSeq) return [];
    this.#commitSeq = seq;
    if (this.#role === 'primary') return [{ kind: 'commit', seq }];
    this.#role = 'primary';
    return [{ kind: 'commit', seq }, { kind: 'serve' }];
  }

  #offered(epoch: number, from: NodeId): ReplicaEffect[] {
    switch (judgeEpoch(this.#promised, epoch, from)) {
      case 'accept':
        return [];
      case 'fenced':
        return [{ kind: 'refuse', promised: this.#promised }];
      case 'promise': {
        const fall = this.#role === 'secondary' ? [] : this.#stepDown(`${from} opened epoch ${epoch}`);
        return [...fall, { kind: 'store-promise', promise: { epoch, candidate: from } }];
      }
    }
  }

  #commitKnown(event: { epoch: number; commitSeq: number; heldSeq: number }): ReplicaEffect[] {
    if (this.#role !== 'secondary' || event.epoch !== this.#promised.epoch) return [];
    const seq = Math.min(event.commitSeq, event.heldSeq);
    if (seq <= this.#commitSeq) return [];
    this.#commitSeq = seq;
    return [{ kind: 'commit', seq }];
  }
}

/**
 * The decisions of replication: who may become primary in which epoch, with which log, what is committed, what is refused. Pure:
 * `step` takes what happened and says what to do; it has no clock, no I/O and no randomness, so that a simulation can drive it
 * through every order of events.
 *
 *   secondary ─▶ prevoting ─▶ candidate ─▶ recovering ─▶ activating ─▶ primary
 *        ▲           │            │             │             │           │
 *        └───────────┴────────────┴─────────────┴─────────────┴───────────┘  refused, silent, or a higher epoch
 *
 * The configured order of nodes chooses the candidate; a majority makes the choice safe.
 */
import type { NodeId } from '@netstore/shared-types';
import { chooseLog, type StatedLog } from './activation.ts';
import { Election } from './election.ts';
import { type EpochPromise, judgeEpoch, nextEpoch } from './epoch.ts';
import { HandOver } from './hand-over.ts';
import { commitPoint, majorityOf } from './quorum.ts';
import type { PrevoteAnswer, ReplicaEffect, ReplicaEvent, ReplicaRole, ReplicaStart } from './replica-events.ts';

export type { PrevoteAnswer, ReplicaEffect, ReplicaEvent, ReplicaRole, ReplicaStart };

export class Replica {
  readonly #self: NodeId;
  readonly #quorum: number;
  readonly #election: Election;
  readonly #handOver: HandOver;
  #role: ReplicaRole = 'secondary';
  #promised: EpochPromise;
  #members: ReadonlySet<NodeId>;
  #lastSeq: number;
  #lastEpoch: number;
  #commitSeq: number;
  /** The highest epoch anybody spoke of. */
  #seenEpoch = 0;
  #epochStartSeq: number | undefined;
  /** Asked for in a pre-vote, and who granted it. */
  #wantedEpoch = 0;
  readonly #prevotes = new Set<NodeId>();
  /** Of those that promised this epoch, this node's first. */
  readonly #logs = new Map<NodeId, StatedLog>();
  readonly #acknowledged = new Map<NodeId, number>();
  /** The end of the log at the last tick: what a peer should have by the next one. */
  #seqAtTick = 0;
  #waitingFor: string | null = null;

  constructor(start: ReplicaStart) {
    this.#self = start.self;
    this.#quorum = majorityOf(start.nodes.length);
    this.#promised = { epoch: start.promised.epoch, candidate: start.promised.candidate };
    this.#members = new Set(start.nodes);
    this.#lastSeq = start.last.seq;
    this.#lastEpoch = start.last.epoch;
    this.#commitSeq = start.commitSeq;
    this.#election = new Election(start, start.nowMs);
    this.#handOver = new HandOver({ self: start.self, nodes: start.nodes, stableForMs: start.preferAfterMs });
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

  /** The record that opened this node's own epoch; undefined while it leads none. Earlier ones commit only with it. */
  get epochStartSeq(): number | undefined {
    return this.#epochStartSeq;
  }

  /** Why a candidate with enough promises cannot go on, for people. */
  get waitingFor(): string | null {
    return this.#waitingFor;
  }

  /** No primary was heard for so long that another may stand. */
  get isPrimarySilent(): boolean {
    return this.#election.isPrimarySilent;
  }

  /** What a peer acknowledged in this epoch. */
  acknowledgedBy(peer: NodeId): number | undefined {
    return this.#acknowledged.get(peer);
  }

  isMember(node: NodeId): boolean {
    return this.#members.has(node);
  }

  /** Binds nobody. The caller has seen to it that the disk that asks is a full member's. */
  judgePrevote(from: NodeId): PrevoteAnswer {
    const refuse = (reason: string): PrevoteAnswer => ({ isGranted: false, reason });
    if (!this.#members.has(this.#self)) return refuse('this node is a learner');
    if (!this.#members.has(from)) return refuse(`${from} is no full member`);
    if (this.#role === 'primary' || this.#role === 'activating') return refuse(`this node is primary in epoch ${this.#promised.epoch}`);
    const reason = this.#election.whyNotStand(from, this.#promised.candidate);
    return reason === undefined ? { isGranted: true, reason: null } : refuse(reason);
  }

  step(event: ReplicaEvent): ReplicaEffect[] {
    switch (event.kind) {
      case 'tick':
        return this.#tick(event.nowMs);
      case 'stand':
        return this.#stand(event.cause);
      case 'prevoted':
        return this.#prevoted(event);
      case 'promise-stored':
        return this.#promiseStored(event.promise, event.own);
      case 'promised':
        return this.#promiseGranted(event.epoch, event.log);
      case 'fenced':
        return this.#fenced(event.epoch);
      case 'recovered':
        return this.#recovered(event.epoch);
      case 'recovery-failed':
        return this.#role === 'recovering' && event.epoch === this.#promised.epoch ? this.#stepDown(event.reason) : [];
      case 'logged':
        return this.#logged(event.seq, event.epoch);
      case 'log-failed':
        return this.#leads ? this.#stepDown(event.reason) : [];
      case 'acknowledged':
        return this.#acknowledge(event);
      case 'heard':
        if (this.#leads && event.epoch === this.#promised.epoch) this.#election.heardPeer(event.from);
        return [];
      case 'members':
        this.#members = event.members;
        return this.#advanceCommit();
      case 'offered':
        return this.#offered(event.epoch, event.from);
      case 'commit-known':
        return this.#commitKnown(event);
    }
  }

  /** It is on its way to be primary, or is. */
  get #leads(): boolean {
    return this.#role !== 'secondary' && this.#role !== 'prevoting';
  }

  #tick(nowMs: number): ReplicaEffect[] {
    this.#election.tick(nowMs);
    const seqAtTick = this.#seqAtTick;
    this.#seqAtTick = this.#lastSeq;
    switch (this.#role) {
      case 'secondary':
        return this.#election.mayStandBySelf(this.#promised) && this.#election.isTimeToStand ? this.#beginPrevote() : [];
      case 'prevoting':
        return this.#election.isOver('prevoting') ? this.#giveUpPrevote() : [];
      case 'candidate':
        return this.#election.isOver('candidate') ? this.#stepDown(this.#waitingFor ?? 'too few nodes promised') : [];
      case 'recovering':
        return [];
      case 'activating':
      case 'primary':
        return this.#hasPeers ? this.#considerHandOver(nowMs, seqAtTick) : this.#stepDown('no other full member was heard from');
    }
  }

  get #hasPeers(): boolean {
    const heard = [...this.#members].filter((peer) => peer !== this.#self && this.#election.isHeard(peer));
    return heard.length >= this.#quorum - 1;
  }

  #considerHandOver(nowMs: number, seqAtTick: number): ReplicaEffect[] {
    if (this.#role !== 'primary') return [];
    const to = this.#handOver.look(nowMs, (peer) => ({
      isCounted: this.#members.has(peer) && this.#election.isHeard(peer),
      isCaughtUp: (this.#acknowledged.get(peer) ?? 0) >= seqAtTick,
    }));
    return to === undefined ? [] : [{ kind: 'hand-over', to }];
  }

  #stand(cause: 'promoted' | 'handed-over'): ReplicaEffect[] {
    if (this.#leads || !this.#members.has(this.#self)) return [];
    if (cause === 'promoted') return this.#beginPrevote();
    this.#election.primaryLeaves();
    return this.#beginCandidacy();
  }

  #beginPrevote(): ReplicaEffect[] {
    if (!this.#members.has(this.#self)) return [];
    this.#role = 'prevoting';
    this.#election.beginPhase();
    this.#wantedEpoch = this.#freeEpoch;
    this.#prevotes.clear();
    this.#prevotes.add(this.#self);
    return [{ kind: 'request-prevotes', epoch: this.#wantedEpoch }, ...this.#standWhenGranted()];
  }

  get #freeEpoch(): number {
    return nextEpoch(this.#promised.epoch, this.#lastEpoch, this.#seenEpoch);
  }

  #prevoted(event: { from: NodeId; epoch: number; isGranted: boolean; promisedEpoch: number }): ReplicaEffect[] {
    this.#seenEpoch = Math.max(this.#seenEpoch, event.promisedEpoch);
    if (this.#role !== 'prevoting' || event.epoch !== this.#wantedEpoch) return [];
    if (!event.isGranted || !this.#members.has(event.from)) return [];
    this.#prevotes.add(event.from);
    return this.#standWhenGranted();
  }

  #standWhenGranted(): ReplicaEffect[] {
    return this.#prevotes.size < this.#quorum ? [] : this.#beginCandidacy();
  }

  #giveUpPrevote(): ReplicaEffect[] {
    this.#role = 'secondary';
    this.#election.paused();
    return [];
  }

  #beginCandidacy(): ReplicaEffect[] {
    this.#role = 'candidate';
    this.#election.beginPhase();
    this.#logs.clear();
    return [{ kind: 'store-promise', promise: { epoch: this.#freeEpoch, candidate: this.#self } }];
  }

  #promiseStored(promise: EpochPromise, own: StatedLog): ReplicaEffect[] {
    if (promise.epoch < this.#promised.epoch) return [];
    this.#promised = promise;
    if (promise.candidate !== this.#self) {
      this.#election.heardPrimary();
      // A candidate whose own promise came too late for the same epoch would otherwise stand for ever.
      return this.#leads ? this.#stepDown(`epoch ${promise.epoch} is promised to ${promise.candidate}`) : [];
    }
    if (this.#role !== 'candidate') return [];
    this.#logs.set(this.#self, own);
    return [{ kind: 'request-promises', epoch: promise.epoch }, ...this.#recoverWhenPromised()];
  }

  #promiseGranted(epoch: number, log: StatedLog): ReplicaEffect[] {
    if (this.#role !== 'candidate' || epoch !== this.#promised.epoch || !this.#members.has(log.node)) return [];
    this.#logs.set(log.node, log);
    this.#election.heardPeer(log.node);
    return this.#recoverWhenPromised();
  }

  #recoverWhenPromised(): ReplicaEffect[] {
    const logs = [...this.#logs.values()];
    const choice = chooseLog(logs, this.#quorum);
    this.#waitingFor = choice.kind === 'wait' ? choice.reason : null;
    if (choice.kind === 'wait') return [];
    this.#role = 'recovering';
    return [{ kind: 'recover-log', epoch: this.#promised.epoch, from: choice.from, logs }];
  }

  #recovered(epoch: number): ReplicaEffect[] {
    if (this.#role !== 'recovering' || epoch !== this.#promised.epoch) return [];
    // The recovered log may say that another disk has taken this one's place.
    if (!this.#members.has(this.#self)) return this.#stepDown('the log that was chosen has another disk in place of this one');
    this.#role = 'activating';
    this.#epochStartSeq = this.#lastSeq + 1;
    this.#acknowledged.clear();
    this.#handOver.reset();
    for (const peer of this.#logs.keys()) this.#election.heardPeer(peer);
    return [{ kind: 'append-new-epoch', epoch }];
  }

  #fenced(epoch: number): ReplicaEffect[] {
    this.#seenEpoch = Math.max(this.#seenEpoch, epoch);
    // At the same epoch too: the peer has promised it to another candidate and will never take part in ours.
    const isOver = this.#leads && this.#promised.candidate === this.#self && epoch >= this.#promised.epoch;
    return isOver ? this.#stepDown(`epoch ${epoch} was seen, this one is ${this.#promised.epoch}`) : [];
  }

  #stepDown(reason: string): ReplicaEffect[] {
    this.#role = 'secondary';
    this.#epochStartSeq = undefined;
    this.#waitingFor = null;
    this.#logs.clear();
    this.#acknowledged.clear();
    this.#election.paused();
    return [{ kind: 'step-down', reason }];
  }

  #logged(seq: number, epoch: number): ReplicaEffect[] {
    this.#lastSeq = seq;
    this.#lastEpoch = epoch;
    return this.#advanceCommit();
  }

  #acknowledge(event: { from: NodeId; epoch: number; seq: number }): ReplicaEffect[] {
    if (this.#epochStartSeq === undefined || event.epoch !== this.#promised.epoch) return [];
    this.#election.heardPeer(event.from);
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
        this.#election.heardPrimary();
        if (this.#role === 'prevoting') this.#role = 'secondary';
        return [];
      case 'fenced':
        return [{ kind: 'refuse', promised: this.#promised }];
      case 'promise': {
        const fall = this.#leads ? this.#stepDown(`${from} opened epoch ${epoch}`) : [];
        this.#role = 'secondary';
        this.#election.heardPrimary();
        return [...fall, { kind: 'store-promise', promise: { epoch, candidate: from } }];
      }
    }
  }

  #commitKnown(event: { epoch: number; commitSeq: number; heldSeq: number }): ReplicaEffect[] {
    if (this.#leads || event.epoch !== this.#promised.epoch) return [];
    const seq = Math.min(event.commitSeq, event.heldSeq);
    if (seq <= this.#commitSeq) return [];
    this.#commitSeq = seq;
    return [{ kind: 'commit', seq }];
  }
}

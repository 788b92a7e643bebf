/**
 * The decisions of replication: who may become primary in which epoch, with which log, what is committed, what is refused. Pure:
 * `step` takes what happened and says what to do; it has no clock, no I/O and no randomness, so that a simulation can drive it
 * through every order of events.
 *
 *   secondary ─▶ prevoting ─▶ candidate ─▶ recovering ─▶ activating ─▶ primary
 *        ▲           │            │             │             │           │
 *        └───────────┴────────────┴─────────────┴─────────────┴───────────┘  refused, silent, or a higher epoch
 */
import type { NodeId } from '@netstore/shared-types';
import type { StatedLog } from './activation.ts';
import { Candidacy } from './candidacy.ts';
import { Commits } from './commits.ts';
import { type EpochPromise, Epochs, judgeEpoch } from './epoch.ts';
import { judgePrevote, type PrevoteAnswer } from './judge-prevote.ts';
import { majorityOf } from './quorum.ts';
import { isOpen, leads, type ReplicaEffect, type ReplicaEvent, type ReplicaRole, type ReplicaStart } from './replica-events.ts';
import { Watch } from './watch.ts';

export type { ReplicaEffect, ReplicaEvent, ReplicaRole, ReplicaStart };

export class Replica {
  readonly #self: NodeId;
  readonly #watch: Watch;
  #role: ReplicaRole = 'secondary';
  readonly #epochs: Epochs;
  #members: ReadonlySet<NodeId>;
  #lastSeq: number;
  readonly #candidacy: Candidacy;
  readonly #commits: Commits;

  constructor(start: ReplicaStart) {
    this.#self = start.self;
    const quorum = majorityOf(start.nodes.length);
    this.#epochs = new Epochs(start.promised, start.last.epoch);
    this.#members = new Set(start.nodes);
    this.#lastSeq = start.last.seq;
    this.#candidacy = new Candidacy(start.nodes.length);
    this.#commits = new Commits(start.self, quorum, start.commitSeq);
    this.#watch = new Watch({ ...start, quorum }, start.nowMs);
  }

  get role(): ReplicaRole {
    return this.#role;
  }

  /** What this node has promised; its own epoch while it is primary. */
  get promised(): EpochPromise {
    return this.#epochs.promised;
  }

  get commitSeq(): number {
    return this.#commits.commitSeq;
  }

  /** Why a candidate with enough promises cannot go on, for people. */
  get waitingFor(): string | null {
    return this.#candidacy.waitingFor;
  }

  get isPrimarySilent(): boolean {
    return this.#watch.election.isPrimarySilent;
  }

  acknowledgedBy(peer: NodeId): number | undefined {
    return this.#commits.acknowledgedBy(peer);
  }

  isMember(node: NodeId): boolean {
    return this.#members.has(node);
  }

  judgePrevote(from: NodeId): PrevoteAnswer {
    const { election } = this.#watch;
    return judgePrevote({ self: this.#self, role: this.#role, promised: this.promised, members: this.#members, election }, from);
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
        return this.#role === 'recovering' && event.epoch === this.promised.epoch ? this.#stepDown(event.reason) : [];
      case 'logged':
        this.#lastSeq = event.seq;
        this.#epochs.logged(event.epoch);
        return this.#advanceCommit();
      case 'log-failed':
        return this.#stepDown(event.reason);
      case 'acknowledged':
        return this.#acknowledge(event);
      case 'heard':
        if (leads(this.#role) && event.epoch === this.promised.epoch) this.#watch.election.heardPeer(event.from);
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

  #tick(nowMs: number): ReplicaEffect[] {
    const watched = { role: this.#role, promised: this.promised, members: this.#members, lastSeq: this.#lastSeq, commits: this.#commits };
    const due = this.#watch.tick(nowMs, watched);
    if (due === undefined) return [];
    switch (due.kind) {
      case 'stand':
        return this.#beginPrevote();
      case 'give-up':
        return this.#stepDown(this.waitingFor ?? 'too few nodes promised');
      case 'alone':
        return this.#stepDown('no other full member was heard from');
      case 'hand-over':
        return [due];
    }
  }

  #stand(cause: 'promoted' | 'handed-over'): ReplicaEffect[] {
    if (leads(this.#role) || !this.#members.has(this.#self)) return [];
    if (cause === 'promoted') return this.#beginPrevote();
    this.#watch.election.primaryLeaves();
    return this.#beginCandidacy();
  }

  #beginPrevote(): ReplicaEffect[] {
    if (!this.#members.has(this.#self)) return [];
    this.#role = 'prevoting';
    this.#watch.election.beginPhase();
    const epoch = this.#epochs.free;
    this.#candidacy.beginPrevote(this.#self, epoch);
    return [{ kind: 'request-prevotes', epoch }];
  }

  #prevoted(event: { from: NodeId; epoch: number; isGranted: boolean; promisedEpoch: number }): ReplicaEffect[] {
    this.#epochs.saw(event.promisedEpoch);
    if (this.#role !== 'prevoting' || !event.isGranted || !this.#members.has(event.from)) return [];
    return this.#candidacy.grant(event.from, event.epoch) ? this.#beginCandidacy() : [];
  }

  #beginCandidacy(): ReplicaEffect[] {
    this.#role = 'candidate';
    this.#watch.election.beginPhase();
    this.#candidacy.clear();
    return [{ kind: 'store-promise', promise: { epoch: this.#epochs.free, candidate: this.#self } }];
  }

  #promiseStored(promise: EpochPromise, own: StatedLog): ReplicaEffect[] {
    if (promise.epoch < this.promised.epoch) return [];
    this.#epochs.promise(promise);
    if (promise.candidate !== this.#self) {
      this.#watch.election.heardPrimary();
      // A candidate whose own promise came too late for the same epoch would otherwise stand for ever.
      return this.#stepDown(`epoch ${promise.epoch} is promised to ${promise.candidate}`);
    }
    return this.#role === 'candidate' ? [{ kind: 'request-promises', epoch: promise.epoch }, ...this.#recoverWhenChosen(own)] : [];
  }

  #promiseGranted(epoch: number, log: StatedLog): ReplicaEffect[] {
    if (this.#role !== 'candidate' || epoch !== this.promised.epoch || !this.#members.has(log.node)) return [];
    this.#watch.election.heardPeer(log.node);
    return this.#recoverWhenChosen(log);
  }

  #recoverWhenChosen(log: StatedLog): ReplicaEffect[] {
    const choice = this.#candidacy.add(log);
    if (choice.kind === 'wait') return [];
    this.#role = 'recovering';
    return [{ kind: 'recover-log', epoch: this.promised.epoch, from: choice.from, logs: this.#candidacy.logs }];
  }

  #recovered(epoch: number): ReplicaEffect[] {
    if (this.#role !== 'recovering' || epoch !== this.promised.epoch) return [];
    // The recovered log may say that another disk has taken this one's place.
    if (!this.#members.has(this.#self)) return this.#stepDown('the log that was chosen has another disk in place of this one');
    this.#role = 'activating';
    this.#commits.open(this.#lastSeq + 1);
    this.#watch.beginTerm(this.#candidacy.logs.map(({ node }) => node));
    return [{ kind: 'append-new-epoch', epoch }];
  }

  #fenced(epoch: number): ReplicaEffect[] {
    this.#epochs.saw(epoch);
    // At the same epoch too: the peer has promised it to another candidate and will never take part in ours.
    const isOver = leads(this.#role) && this.promised.candidate === this.#self && epoch >= this.promised.epoch;
    return isOver ? this.#stepDown(`epoch ${epoch} was seen, this one is ${this.promised.epoch}`) : [];
  }

  /** Nothing is to be done when no epoch of this node's own was begun. */
  #stepDown(reason: string): ReplicaEffect[] {
    const hasEnded = leads(this.#role);
    this.#role = 'secondary';
    this.#commits.close();
    this.#candidacy.clear();
    this.#watch.election.paused();
    return hasEnded ? [{ kind: 'step-down', reason }] : [];
  }

  #acknowledge(event: { from: NodeId; epoch: number; seq: number }): ReplicaEffect[] {
    if (!isOpen(this.#role) || event.epoch !== this.promised.epoch) return [];
    this.#watch.election.heardPeer(event.from);
    this.#commits.acknowledge(event.from, event.seq);
    return this.#advanceCommit();
  }

  #advanceCommit(): ReplicaEffect[] {
    const seq = isOpen(this.#role) ? this.#commits.count(this.#lastSeq, this.#members) : undefined;
    if (seq === undefined) return [];
    if (this.#role === 'primary') return [{ kind: 'commit', seq }];
    this.#role = 'primary';
    return [{ kind: 'commit', seq }, { kind: 'serve' }];
  }

  #offered(epoch: number, from: NodeId): ReplicaEffect[] {
    switch (judgeEpoch(this.promised, epoch, from)) {
      case 'accept':
        this.#watch.election.heardPrimary();
        if (this.#role === 'prevoting') this.#role = 'secondary';
        return [];
      case 'fenced':
        return [{ kind: 'refuse', promised: this.promised }];
      case 'promise': {
        const fall = this.#stepDown(`${from} opened epoch ${epoch}`);
        this.#watch.election.heardPrimary();
        return [...fall, { kind: 'store-promise', promise: { epoch, candidate: from } }];
      }
    }
  }

  #commitKnown(event: { epoch: number; commitSeq: number; heldSeq: number }): ReplicaEffect[] {
    if (leads(this.#role) || event.epoch !== this.promised.epoch) return [];
    const seq = this.#commits.learn(Math.min(event.commitSeq, event.heldSeq));
    return seq === undefined ? [] : [{ kind: 'commit', seq }];
  }
}

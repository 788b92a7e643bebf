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
import { beginPrevote, fenced, prevoted, promiseDurable, promised, promiseStored, recovered, recoveryFailed, stand } from './attempt.ts';
import { type EpochPromise, judgeEpoch } from './epoch.ts';
import { judgePrevote, type PrevoteAnswer } from './judge-prevote.ts';
import { isOpen, leads, type ReplicaEffect, type ReplicaEvent, type ReplicaRole, type ReplicaStart } from './replica-events.ts';
import { ReplicaState } from './replica-state.ts';

export type { ReplicaEffect, ReplicaEvent, ReplicaRole, ReplicaStart };

export class Replica {
  readonly #state: ReplicaState;

  constructor(start: ReplicaStart) {
    this.#state = new ReplicaState(start);
  }

  get role(): ReplicaRole {
    return this.#state.role;
  }

  /** What this node has promised; its own epoch while it is primary. */
  get promised(): EpochPromise {
    return this.#state.promised;
  }

  get commitSeq(): number {
    return this.#state.commits.commitSeq;
  }

  /** Why a candidate with enough promises cannot go on, for people. */
  get waitingFor(): string | null {
    return this.#state.candidacy.waitingFor;
  }

  /** No primary was heard for so long that another may stand. */
  get isPrimarySilent(): boolean {
    return this.#state.watch.election.isPrimarySilent;
  }

  /** What a peer acknowledged in this epoch. */
  acknowledgedBy(peer: NodeId): number | undefined {
    return this.#state.commits.acknowledgedBy(peer);
  }

  isMember(node: NodeId): boolean {
    return this.#state.members.has(node);
  }

  judgePrevote(from: NodeId): PrevoteAnswer {
    const { self, role, promised, members, watch } = this.#state;
    return judgePrevote({ self, role, promised, members, election: watch.election }, from);
  }

  step(event: ReplicaEvent): ReplicaEffect[] {
    const state = this.#state;
    switch (event.kind) {
      case 'tick':
        return this.#tick(event.nowMs);
      case 'stand':
        return stand(state, event.cause);
      case 'prevoted':
        return prevoted(state, event);
      case 'promise-durable':
        return promiseDurable(state, event.promise);
      case 'promise-stored':
        return promiseStored(state, event.promise, event.own);
      case 'promised':
        return promised(state, event.epoch, event.log);
      case 'fenced':
        return fenced(state, event.epoch, event.of);
      case 'recovered':
        return recovered(state, event.epoch);
      case 'recovery-failed':
        return recoveryFailed(state, event.epoch, event.reason);
      case 'logged':
        state.lastSeq = event.seq;
        state.epochs.logged(event.epoch);
        return this.#advanceCommit();
      case 'log-failed':
        return state.fail(event.reason);
      case 'stream-opened':
        state.commits.forget(event.from);
        state.watch.forget(event.from);
        return [];
      case 'acknowledged':
        return this.#acknowledge(event);
      case 'heard':
        return this.#heard(event);
      case 'members':
        state.members = event.members;
        return this.#advanceCommit();
      case 'offered':
        return this.#offered(event.epoch, event.from);
      case 'commit-known':
        return this.#commitKnown(event);
    }
  }

  #tick(nowMs: number): ReplicaEffect[] {
    const state = this.#state;
    const due = state.watch.tick(nowMs, state);
    if (due === undefined) return [];
    switch (due.kind) {
      case 'stand':
        return beginPrevote(state);
      case 'give-up':
        if (state.role === 'recovering') return state.fail('the log of the epoch could not be had in time');
        return state.stepDown(this.waitingFor ?? 'too few nodes promised');
      case 'alone':
        return state.stepDown('no other full member was heard from');
      case 'hand-over':
        return [due];
    }
  }

  #heard(event: Extract<ReplicaEvent, { readonly kind: 'heard' }>): ReplicaEffect[] {
    const { role, promised, watch } = this.#state;
    if (!leads(role) || event.epoch !== promised.epoch) return [];
    watch.heard(event);
    return [];
  }

  #acknowledge(event: { readonly from: NodeId; readonly epoch: number; readonly seq: number }): ReplicaEffect[] {
    const { role, promised, watch, commits } = this.#state;
    if (!isOpen(role) || event.epoch !== promised.epoch) return [];
    watch.election.heardPeer(event.from);
    commits.acknowledge(event.from, event.seq);
    return this.#advanceCommit();
  }

  #advanceCommit(): ReplicaEffect[] {
    const state = this.#state;
    const seq = isOpen(state.role) ? state.commits.count(state.lastSeq, state.members) : undefined;
    if (seq === undefined) return [];
    if (state.role === 'primary') return [{ kind: 'commit', seq }];
    state.role = 'primary';
    state.watch.election.succeeded();
    return [{ kind: 'commit', seq }, { kind: 'serve' }];
  }

  #offered(epoch: number, from: NodeId): ReplicaEffect[] {
    const state = this.#state;
    switch (judgeEpoch(state.promised, epoch, from)) {
      case 'accept':
        state.watch.election.heardPrimary();
        if (state.role === 'prevoting') state.role = 'secondary';
        return [];
      case 'fenced':
        return [{ kind: 'refuse', promised: state.promised }];
      case 'promise': {
        const fall = state.stepDown(`${from} opened epoch ${epoch}`);
        state.watch.election.heardPrimary();
        return [...fall, { kind: 'store-promise', promise: { epoch, candidate: from } }];
      }
    }
  }

  #commitKnown(event: { readonly epoch: number; readonly commitSeq: number; readonly heldSeq: number }): ReplicaEffect[] {
    const { role, promised, commits } = this.#state;
    if (leads(role) || event.epoch !== promised.epoch) return [];
    const seq = commits.learn(Math.min(event.commitSeq, event.heldSeq));
    return seq === undefined ? [] : [{ kind: 'commit', seq }];
  }
}

/** One attempt to become primary, from the pre-vote to the record that opens the epoch. Pure: each function takes one event on the state. */
import type { NodeId } from '@netstore/shared-types';
import type { StatedLog } from './activation.ts';
import type { EpochPromise } from './epoch.ts';
import { leads, type ReplicaEffect } from './replica-events.ts';
import type { ReplicaState } from './replica-state.ts';

export function stand(state: ReplicaState, cause: 'promoted' | 'handed-over'): ReplicaEffect[] {
  if (leads(state.role) || !state.members.has(state.self)) return [];
  if (cause === 'promoted') return beginPrevote(state);
  state.watch.election.primaryLeaves();
  return beginCandidacy(state);
}

export function beginPrevote(state: ReplicaState): ReplicaEffect[] {
  if (!state.members.has(state.self)) return [];
  state.role = 'prevoting';
  state.watch.election.beginPhase();
  const epoch = state.epochs.free;
  state.candidacy.beginPrevote(state.self, epoch);
  return [{ kind: 'request-prevotes', epoch }];
}

export interface Prevoted {
  readonly from: NodeId;
  readonly epoch: number;
  readonly isGranted: boolean;
  readonly promisedEpoch: number;
}

export function prevoted(state: ReplicaState, { from, epoch, isGranted, promisedEpoch }: Prevoted): ReplicaEffect[] {
  state.epochs.saw(promisedEpoch);
  if (state.role !== 'prevoting' || !isGranted || !state.members.has(from)) return [];
  return state.candidacy.grant(from, epoch) ? beginCandidacy(state) : [];
}

function beginCandidacy(state: ReplicaState): ReplicaEffect[] {
  state.role = 'candidate';
  state.watch.election.beginPhase();
  const epoch = state.epochs.free;
  state.candidacy.begin(epoch);
  return [{ kind: 'store-promise', promise: { epoch, candidate: state.self } }];
}

export function promiseDurable(state: ReplicaState, promise: EpochPromise): ReplicaEffect[] {
  if (promise.epoch < state.promised.epoch) return [];
  state.epochs.promise(promise);
  if (promise.candidate === state.self) return [];
  state.watch.election.heardPrimary();
  // A candidate whose own promise came too late for the same epoch would otherwise stand for ever.
  return state.stepDown(`epoch ${promise.epoch} is promised to ${promise.candidate}`);
}

export function promiseStored(state: ReplicaState, promise: EpochPromise, own: StatedLog): ReplicaEffect[] {
  const fall = promiseDurable(state, promise);
  const isOwn = state.role === 'candidate' && promise.epoch === state.promised.epoch && state.candidacy.isAsked(promise.epoch);
  return isOwn ? [{ kind: 'request-promises', epoch: promise.epoch }, ...recoverWhenChosen(state, own)] : fall;
}

export function promised(state: ReplicaState, epoch: number, log: StatedLog): ReplicaEffect[] {
  if (state.role !== 'candidate' || epoch !== state.promised.epoch || !state.members.has(log.node)) return [];
  state.watch.election.heardPeer(log.node);
  return recoverWhenChosen(state, log);
}

function recoverWhenChosen(state: ReplicaState, log: StatedLog): ReplicaEffect[] {
  const choice = state.candidacy.add(log);
  if (choice.kind === 'wait') return [];
  state.role = 'recovering';
  state.watch.election.beginPhase();
  return [{ kind: 'recover-log', epoch: state.promised.epoch, from: choice.from, logs: state.candidacy.logs }];
}

export function recovered(state: ReplicaState, epoch: number): ReplicaEffect[] {
  if (state.role !== 'recovering' || epoch !== state.promised.epoch) return [];
  // The recovered log may say that another disk has taken this one's place.
  if (!state.members.has(state.self)) return state.stepDown('the log that was chosen has another disk in place of this one');
  state.role = 'activating';
  state.commits.open(state.lastSeq + 1);
  state.watch.beginTerm(state.candidacy.logs.map(({ node }) => node));
  // It is in the log now. What it says may decide who counts for the record that opens the epoch.
  const known = Math.max(...state.candidacy.logs.map(({ commitSeq }) => commitSeq));
  const seq = state.commits.learn(Math.min(known, state.lastSeq));
  return [...(seq === undefined ? [] : [{ kind: 'commit', seq } as const]), { kind: 'append-new-epoch', epoch }];
}

export function recoveryFailed(state: ReplicaState, epoch: number, reason: string): ReplicaEffect[] {
  return state.role === 'recovering' && epoch === state.promised.epoch ? state.fail(reason) : [];
}

/** `of`: the epoch that was refused; undefined when that is not known. */
export function fenced(state: ReplicaState, seen: number, of: number | undefined): ReplicaEffect[] {
  state.epochs.saw(seen);
  if (of !== undefined && of !== state.promised.epoch) return [];
  // At the same epoch too: the peer has promised it to another candidate and will never take part in ours.
  const isOver = leads(state.role) && state.promised.candidate === state.self && seen >= state.promised.epoch;
  return isOver ? state.stepDown(`epoch ${seen} was seen, this one is ${state.promised.epoch}`) : [];
}

/** Brings the pure core what happens and does what it says. */
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { VoteStore } from '../membership/vote.ts';
import type { Applier } from './applier.ts';
import type { EpochPromise } from './core/epoch.ts';
import type { Replica, ReplicaEffect, ReplicaEvent } from './core/replica.ts';
import type { DiskTrust } from './disk-trust.ts';
import type { Following } from './following.ts';
import type { Leading } from './leading.ts';
import type { Members } from './members.ts';
import { type OwnLog, statedLog } from './own-log.ts';
import type { Peers } from './peers.ts';
import { type Prevoted, type PrevoteOptions, requestPrevotes } from './prevotes.ts';

export interface DriverOptions {
  readonly self: NodeId;
  readonly core: Replica;
  readonly vote: VoteStore;
  readonly ownLog: OwnLog;
  readonly peers: Peers;
  readonly members: Members;
  readonly trust: DiskTrust;
  readonly applier: Applier;
  readonly following: Following;
  readonly leading: Leading;
  readonly logger: Logger;
  /** Takes note of a task whose failure ends the process. */
  readonly guard: (task: Promise<void>) => Promise<void>;
  readonly signal: AbortSignal;
}

export class Driver {
  readonly #options: DriverOptions;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /** Resolves when what it led to is done, as far as it can be waited for. Throws `NS_FENCED` when the core refuses. */
  async step(event: ReplicaEvent): Promise<void> {
    for (const effect of this.#options.core.step(event)) await this.#perform(effect);
  }

  async #perform(effect: ReplicaEffect): Promise<void> {
    const { core, applier, leading, following, logger, guard } = this.#options;
    switch (effect.kind) {
      case 'store-promise':
        return this.#storePromise(effect.promise);
      case 'request-prevotes':
        void guard(this.#requestPrevotes(effect.epoch));
        return;
      case 'request-promises':
        logger.info({ epoch: effect.epoch }, 'standing for primary');
        return leading.begin(effect.epoch);
      case 'recover-log':
        return leading.recover(effect);
      case 'append-new-epoch':
        void guard(leading.openEpoch());
        return;
      case 'hand-over':
        void guard(leading.handOver(effect.to));
        return;
      case 'commit':
        applier.commit(effect.seq);
        leading.term?.notifyStreams();
        return following.recheck();
      case 'serve':
        return logger.debug({ epoch: core.promised.epoch }, 'epoch is committed');
      case 'step-down':
        logger.warn({ reason: effect.reason }, 'stepped down');
        return leading.end(effect.reason);
      case 'refuse':
        throw fenced(effect.promised);
    }
  }

  async #storePromise(promise: EpochPromise): Promise<void> {
    const { self, vote, leading, following, ownLog } = this.#options;
    await vote.promise(promise.epoch, promise.candidate as NodeId);
    // From here on nothing of a lower epoch is taken, also while what follows takes its time.
    await this.step({ kind: 'promise-durable', promise });
    // What this node still writes or acknowledges for a lower epoch has to show in what the promise says of its log.
    await Promise.all([leading.closed, following.endBelow(promise.epoch)]);
    if (promise.candidate === self) return this.step({ kind: 'promise-stored', promise, own: statedLog(self, await ownLog.state()) });
  }

  /** Whether another full member answers now, whatever it thinks of a new primary: a question that binds nobody. */
  async reachesMember(): Promise<boolean> {
    let isReached = false;
    await this.#askVoters(this.#options.core.promised.epoch + 1, (_, isVoter) => {
      isReached ||= isVoter;
    });
    return isReached;
  }

  #requestPrevotes(epoch: number): Promise<void> {
    const { guard } = this.#options;
    return this.#askVoters(epoch, ({ from: { nodeId: from }, isGranted, promisedEpoch }, isVoter) => {
      void guard(this.stepUnlessFenced({ kind: 'prevoted', from, epoch, isGranted: isGranted && isVoter, promisedEpoch }));
    });
  }

  async #askVoters(epoch: number, onAnswer: (answer: Prevoted, isVoter: boolean) => void): Promise<void> {
    const { self, peers, members, vote, trust, signal } = this.#options;
    const request = () => ({ epoch, candidate: self, generation: vote.current.generation });
    const ask: PrevoteOptions['ask'] = (peer, connection) => trust.ask(peer, connection);
    const judge = (answer: Prevoted): void => {
      const { nodeId, incarnation } = answer.from;
      onAnswer(answer, trust.isTrusted(answer.from, answer.generation) && members.isMember(nodeId, incarnation));
    };
    await requestPrevotes({ peers, request, ask, onAnswer: judge }, signal);
  }

  /** For what nobody waits for: a higher epoch that was promised in the same moment is no failure, the next attempt stands above it. */
  async stepUnlessFenced(event: ReplicaEvent): Promise<void> {
    try {
      await this.step(event);
    } catch (error) {
      if (!(error instanceof NetStoreError && error.code === 'NS_FENCED')) throw error;
    }
  }
}

function fenced({ epoch, candidate }: EpochPromise): NetStoreError {
  return new NetStoreError('NS_FENCED', `Epoch is too old: promised ${epoch} to ${candidate ?? 'nobody'}`, {
    details: { epoch, primary: candidate },
  });
}

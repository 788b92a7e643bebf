/**
 * Drives the pure core: brings it what happens on disks and wires, and does what it says. The rest of the node talks to
 * replication through this class alone.
 */

import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { LogPosition, PromiseAnswer } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { AppliedRecord, Catalogue, CommittedOutcome } from '../catalogue/catalogue.ts';
import { encodeNewEpoch, encodeOperation, type OperationPayload } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Identity } from '../membership/identity.ts';
import type { VoteStore } from '../membership/vote.ts';
import { Applier } from './applier.ts';
import { Arrivals } from './arrivals.ts';
import { catchUp } from './catch-up.ts';
import { Replica, type ReplicaEffect, type ReplicaEvent } from './core/replica.ts';
import { Following } from './following.ts';
import { isSameHash, LogTail } from './log-tail.ts';
import type { Members } from './members.ts';
import type { Peers } from './peers.ts';
import { PrimaryTerm } from './primary-term.ts';

export interface ReplicatorOptions {
  readonly self: NodeId;
  /** All nodes in the configured order. */
  readonly nodes: readonly NodeId[];
  readonly identity: () => Identity | undefined;
  readonly members: Members;
  readonly peers: Peers;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  readonly now: () => number;
  /** Replication cannot go on: the process has to end and prove what it holds at the next start. */
  readonly onFatal: (error: unknown) => void;
}

const STAND_INTERVAL_MS = 500;

export class Replicator implements AsyncDisposable {
  readonly core: Replica;
  readonly tail: LogTail;
  readonly applier: Applier;
  readonly arrivals = new Arrivals();
  readonly following: Following;
  readonly #options: ReplicatorOptions;
  readonly #ended = new AbortController();
  readonly #tasks: Promise<void>[] = [];
  #term: PrimaryTerm | undefined;
  #standTimer: NodeJS.Timeout | undefined;

  private constructor(options: ReplicatorOptions, applier: Applier, tail: LogTail) {
    this.#options = options;
    this.tail = tail;
    this.applier = applier;
    this.core = new Replica({
      self: options.self,
      nodes: options.nodes,
      promised: options.vote.current,
      last: { seq: options.log.last.seq, epoch: options.log.lastEpoch },
      commitSeq: options.catalogue.applied.seq,
    });
    this.following = new Following({
      ...options,
      tail,
      applier,
      arrivals: this.arrivals,
      step: (event) => this.#step(event),
      commitSeq: () => this.core.commitSeq,
    });
  }

  static async start(options: ReplicatorOptions): Promise<Replicator> {
    const tail = new LogTail(options.log);
    const debt = await options.catalogue.debt();
    // The replicator is made from the applier that reports to it: until then there is nothing to report.
    let onApplied: (applied: readonly AppliedRecord[]) => void = () => undefined;
    const applier = new Applier({ ...options, tail, debt, onApplied: (applied) => onApplied(applied) });
    const replicator = new Replicator(options, applier, tail);
    onApplied = (applied) => replicator.#applied(applied);
    replicator.#start();
    return replicator;
  }

  #start(): void {
    const { signal } = this.#ended;
    const { members, catalogue } = this.#options;
    members.learn(catalogue.clusterState.members);
    void this.#step({ kind: 'members', members: members.ids(this.#options.nodes) });
    this.#tasks.push(this.#guard(this.applier.run(signal)));
    this.#tasks.push(
      this.#guard(
        catchUp(
          { ...this.#options, applier: this.applier, sources: () => this.following.sources(), onSettled: () => this.following.recheck() },
          signal,
        ),
      ),
    );
    if (this.#options.nodes[0] === this.#options.self) {
      this.#standTimer = setInterval(() => void this.#guard(this.#stand()), STAND_INTERVAL_MS);
    }
  }

  async #guard(task: Promise<void>): Promise<void> {
    try {
      await task;
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#options.onFatal(error);
    }
  }

  async #stand(): Promise<void> {
    const identity = this.#options.identity();
    if (identity === undefined || !this.isMember) return;
    try {
      await this.#step({ kind: 'stand' });
    } catch (error) {
      // A higher epoch was promised in the same moment: the next turn stands above it.
      if (!(error instanceof NetStoreError && error.code === 'NS_FENCED')) throw error;
    }
  }

  get isMember(): boolean {
    const identity = this.#options.identity();
    return identity !== undefined && this.#options.members.isMember(identity.nodeId, identity.incarnation);
  }

  get term(): PrimaryTerm | undefined {
    return this.#term;
  }

  /** The present term, when operations may be proposed. Throws `NS_NOT_PRIMARY` with a hint otherwise. */
  get servingTerm(): PrimaryTerm {
    if (this.#term?.isServing !== true) {
      throw new NetStoreError('NS_NOT_PRIMARY', `${this.#options.self} does not order writes now`, {
        details: { epoch: this.core.promised.epoch, primary: this.primaryHint },
      });
    }
    return this.#term;
  }

  get primaryHint(): NodeId | null {
    return this.core.promised.candidate ?? this.#options.nodes[0] ?? null;
  }

  /** Resolves once the operation is committed and applied here. */
  async propose(payload: OperationPayload): Promise<CommittedOutcome> {
    const outcome = await this.servingTerm.proposals.propose('operation', encodeOperation(payload));
    if (outcome === null) throw new NetStoreError('NS_INTERNAL', 'An operation was applied without an outcome');
    return outcome;
  }

  /** How many members are known to hold everything up to `seq` now. */
  replicasOf(seq: number): { durable: number; total: number } {
    const own = this.heldSeq >= seq ? 1 : 0;
    const others = this.#term?.progress.filter((peer) => this.core.isMember(peer.id) && peer.holdsSeq >= seq).length ?? 0;
    return { durable: own + others, total: this.#options.nodes.length };
  }

  /** Everything up to here that is applied on this node is held by it. */
  get heldSeq(): number {
    const { debt, appliedSeq } = this.applier;
    return debt.blobs === 0 ? appliedSeq : Math.min(debt.heldSeq, appliedSeq);
  }

  /** Something of `epoch` arrived from `from`. Returns once a higher epoch is promised durably; throws `NS_FENCED` for an older one. */
  offered(epoch: number, from: NodeId): Promise<void> {
    return this.#step({ kind: 'offered', epoch, from });
  }

  async #step(event: ReplicaEvent): Promise<void> {
    for (const effect of this.core.step(event)) await this.#perform(effect);
  }

  async #perform(effect: ReplicaEffect): Promise<void> {
    const { logger, vote } = this.#options;
    switch (effect.kind) {
      case 'store-promise':
        await vote.promise(effect.promise.epoch, effect.promise.candidate as NodeId);
        return this.#step({ kind: 'promise-stored', promise: effect.promise });
      case 'request-promises':
        logger.info({ epoch: effect.epoch }, 'standing for primary');
        this.#term = this.#newTerm(effect.epoch);
        return this.#term.start();
      case 'append-new-epoch':
        void this.#guard(this.#openEpoch(this.#term as PrimaryTerm));
        return;
      case 'commit':
        this.applier.commit(effect.seq);
        this.#term?.notifyStreams();
        return this.following.recheck();
      case 'serve':
        return logger.info({ epoch: this.core.promised.epoch }, 'epoch is open');
      case 'step-down':
        logger.warn({ reason: effect.reason }, 'stepped down');
        return this.#endTerm(effect.reason);
      case 'refuse':
        throw new NetStoreError(
          'NS_FENCED',
          `Epoch is too old: promised ${effect.promised.epoch} to ${effect.promised.candidate ?? 'nobody'}`,
          {
            details: { epoch: effect.promised.epoch, primary: effect.promised.candidate },
          },
        );
    }
  }

  async #endTerm(reason: string): Promise<void> {
    const term = this.#term;
    this.#term = undefined;
    this.tail.truncate(this.tail.durableSeq + 1);
    await term?.close(reason);
  }

  #newTerm(epoch: number): PrimaryTerm {
    const { self, peers, logger, now } = this.#options;
    return new PrimaryTerm({
      self,
      epoch,
      peers: peers.all,
      tail: this.tail,
      logger,
      now,
      commitSeq: () => this.core.commitSeq,
      isCandidate: () => this.core.role === 'candidate',
      heartbeat: async () => ({ epoch, primary: self, commit: await this.#committed() }),
      append: (records) => this.#append(records),
      onPromise: (from, answer) => this.#promised(from, answer),
      onFenced: (seen) => void this.#guard(this.#step({ kind: 'fenced', epoch: seen })),
      onAcknowledged: (from, seq) => void this.#guard(this.#step({ kind: 'acknowledged', from, epoch, seq })),
    });
  }

  async #committed(): Promise<LogPosition> {
    const position = await this.tail.positionAt(this.core.commitSeq);
    if (position === undefined) throw new NetStoreError('NS_LOG_DAMAGED', `Log has no record ${this.core.commitSeq}, which is committed`);
    return position;
  }

  async #promised(from: NodeId, answer: PromiseAnswer): Promise<void> {
    const own = await this.tail.positionAt(answer.commit.seq);
    const knowsMore = own === undefined || !isSameHash(own.hash, answer.commit.hash);
    await this.#step({ kind: 'promised', from, epoch: answer.epoch, knowsMore });
  }

  async #openEpoch(term: PrimaryTerm): Promise<void> {
    const { members, nodes } = this.#options;
    const identity = this.#options.identity() as Identity;
    const full = await members.forNewEpoch({ nodeId: identity.nodeId, incarnation: identity.incarnation }, nodes, this.#ended.signal);
    if (this.#term !== term) return;
    term.openStreams();
    const payload = encodeNewEpoch({ epoch: term.epoch, primary: identity.nodeId, clusterId: identity.clusterId, members: full });
    await term.proposals.propose('new-epoch', payload).then(
      () => {
        term.isServing = this.#term === term;
      },
      (error: unknown) => this.#options.logger.warn({ err: error, epoch: term.epoch }, 'epoch ended before it was open'),
    );
    if (term.isServing) this.#options.logger.info({ epoch: term.epoch }, 'primary is active');
  }

  async #append(records: readonly LogRecord[]): Promise<void> {
    const last = records.at(-1) as LogRecord;
    this.tail.push(records);
    this.#term?.notifyStreams();
    try {
      await this.#options.log.append(records);
      await this.#options.vote.acknowledge(last);
      await this.#step({ kind: 'logged', seq: last.seq, epoch: last.epoch });
    } catch (error) {
      this.#options.logger.error({ err: error }, 'log could not be appended to');
      void this.#guard(this.#step({ kind: 'log-failed', reason: 'the log could not be written' }));
    }
  }

  #applied(applied: readonly AppliedRecord[]): void {
    const { members, catalogue, nodes } = this.#options;
    if (applied.some(({ committed }) => committed === null)) {
      members.learn(catalogue.clusterState.members);
      void this.#guard(this.#step({ kind: 'members', members: members.ids(nodes) }));
    }
    for (const { seq, committed } of applied) this.#term?.proposals.settle(seq, committed);
    this.following.recheck();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#standTimer);
    this.#ended.abort();
    await this.#endTerm('the node stops');
    await Promise.allSettled(this.#tasks);
  }
}

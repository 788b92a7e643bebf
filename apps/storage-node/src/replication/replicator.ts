/**
 * Drives the pure core: brings it what happens on disks and wires, and does what it says. The rest of the node talks to
 * replication through this class alone.
 */
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { AppliedRecord, Catalogue, CommittedOutcome } from '../catalogue/catalogue.ts';
import { encodeOperation, type OperationPayload } from '../log/payload.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Identity } from '../membership/identity.ts';
import type { VoteStore } from '../membership/vote.ts';
import { Applier } from './applier.ts';
import { Arrivals } from './arrivals.ts';
import { catchUp } from './catch-up.ts';
import { Replica, type ReplicaEffect, type ReplicaEvent } from './core/replica.ts';
import { readEpochOpening } from './epoch-opening.ts';
import { Following } from './following.ts';
import { Leading } from './leading.ts';
import { isSameHash, LogTail } from './log-tail.ts';
import type { Member, Members } from './members.ts';
import type { Peers } from './peers.ts';
import type { PrimaryTerm } from './primary-term.ts';

export interface ReplicatorOptions {
  readonly self: NodeId;
  /** All nodes in the configured order. */
  readonly nodes: readonly NodeId[];
  /** Undefined while this node is blank. */
  readonly identity: () => Identity | undefined;
  readonly members: Members;
  readonly peers: Peers;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly catalogue: Catalogue;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  /** Milliseconds since 1970: the primary stamps records with it. */
  readonly now: () => number;
  /** The log found no room: something is given up for it. */
  readonly onLogFull: () => Promise<void>;
  /** Replication cannot go on: the process has to end and prove what it holds at the next start. */
  readonly onFatal: (error: unknown) => void;
}

export class Replicator implements AsyncDisposable {
  readonly core: Replica;
  readonly tail: LogTail;
  readonly applier: Applier;
  readonly arrivals = new Arrivals();
  readonly following: Following;
  readonly #leading: Leading;
  readonly #options: ReplicatorOptions;
  readonly #ended = new AbortController();
  readonly #tasks: Promise<void>[] = [];

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
    const step = (event: ReplicaEvent): Promise<void> => this.#step(event);
    this.following = new Following({ ...options, tail, applier, arrivals: this.arrivals, step, commitSeq: () => this.core.commitSeq });
    this.#leading = new Leading({
      ...options,
      core: this.core,
      tail,
      step,
      guard: (task) => this.#guard(task),
      signal: this.#ended.signal,
    });
  }

  static async start(options: ReplicatorOptions): Promise<Replicator> {
    const tail = new LogTail(options.log);
    await requireSameHistory(options);
    const debt = await options.catalogue.debt();
    // The replicator is made from the applier that reports to it: until then there is nothing to report.
    let onApplied: (applied: readonly AppliedRecord[]) => void = () => undefined;
    const applier = new Applier({ ...options, tail, debt, onApplied: (applied) => onApplied(applied) });
    const replicator = new Replicator(options, applier, tail);
    onApplied = (applied) => replicator.#applied(applied);
    replicator.#start(await knownMembers(options));
    return replicator;
  }

  #start(known: readonly Member[]): void {
    const { self, nodes } = this.#options;
    const { signal } = this.#ended;
    this.#learnMembers(known);
    const debts = {
      ...this.#options,
      applier: this.applier,
      arrivals: this.arrivals,
      sources: () => this.following.sources(),
      onSettled: () => this.following.recheck(),
    };
    this.#tasks.push(this.#guard(this.applier.run(signal)), this.#guard(catchUp(debts, signal)));
    if (nodes[0] === self) this.#leading.keepStanding();
  }

  #learnMembers(known: readonly Member[]): void {
    const { members, nodes } = this.#options;
    members.learn(known);
    void this.#guard(this.#step({ kind: 'members', members: members.ids(nodes) }));
  }

  async #guard(task: Promise<void>): Promise<void> {
    try {
      await task;
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#options.onFatal(error);
    }
  }

  get isMember(): boolean {
    const identity = this.#options.identity();
    return identity !== undefined && this.#options.members.isMember(identity.nodeId, identity.incarnation);
  }

  /** Undefined while this node is neither candidate nor primary. */
  get term(): PrimaryTerm | undefined {
    return this.#leading.term;
  }

  /** The present term, when operations may be proposed. Throws `NS_NOT_PRIMARY` with a hint otherwise. */
  get servingTerm(): PrimaryTerm {
    const { term } = this;
    if (term?.isServing === true) return term;
    const details = { epoch: this.core.promised.epoch, primary: this.primaryHint };
    throw new NetStoreError('NS_NOT_PRIMARY', `${this.#options.self} does not order writes now`, { details });
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
    const others = this.term?.progress.filter((peer) => this.core.isMember(peer.id) && peer.holdsSeq >= seq).length ?? 0;
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
        // What this node still writes or acknowledges for a lower epoch has to show in what the promise says of its log.
        await Promise.all([this.#leading.closed, this.following.endBelow(effect.promise.epoch)]);
        return this.#step({ kind: 'promise-stored', promise: effect.promise });
      case 'request-promises':
        logger.info({ epoch: effect.epoch }, 'standing for primary');
        return this.#leading.begin(effect.epoch);
      case 'append-new-epoch':
        void this.#guard(this.#leading.openEpoch());
        return;
      case 'commit':
        this.applier.commit(effect.seq);
        this.term?.notifyStreams();
        return this.following.recheck();
      case 'serve':
        return logger.debug({ epoch: this.core.promised.epoch }, 'epoch is committed');
      case 'step-down':
        logger.warn({ reason: effect.reason }, 'stepped down');
        return this.#leading.end(effect.reason);
      case 'refuse': {
        const { epoch, candidate } = effect.promised;
        throw new NetStoreError('NS_FENCED', `Epoch is too old: promised ${epoch} to ${candidate ?? 'nobody'}`, {
          details: { epoch, primary: candidate },
        });
      }
    }
  }

  #applied(applied: readonly AppliedRecord[]): void {
    if (applied.some(({ committed }) => committed === null)) this.#learnMembers(this.#options.catalogue.clusterState.members);
    for (const { seq, committed } of applied) this.term?.proposals.settle(seq, committed);
    this.following.recheck();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#leading[Symbol.asyncDispose]();
    await Promise.allSettled(this.#tasks);
  }
}

/** What the catalogue shows is committed: a log that does not contain it has lost records, or is another disk's. */
async function requireSameHistory({ log, catalogue }: ReplicatorOptions): Promise<void> {
  const { seq, hash } = catalogue.applied;
  const own = await log.positionAt(seq);
  if (own !== undefined && isSameHash(own.hash, hash)) return;
  throw new NetStoreError(
    'NS_LOG_DAMAGED',
    `The catalogue shows record ${seq}, and the log ${own === undefined ? `ends at ${log.last.seq}` : 'has another record there'}: they are not of one disk, or the log lost records. ` +
      'Nothing was changed. Move this data directory away (do not delete it) and start the node with an empty one: the others give it everything again',
  );
}

/** By the catalogue; by the log while the catalogue is being made again from it. None before the first epoch. */
async function knownMembers({ log, catalogue }: ReplicatorOptions): Promise<readonly Member[]> {
  const { members } = catalogue.clusterState;
  return members.length > 0 ? members : ((await readEpochOpening(log))?.members ?? []);
}

import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { Debt } from '@netstore/wire-protocol';
import type { AppliedRecord, CommittedOutcome } from '../catalogue/catalogue.ts';
import { encodeOperation, type OperationPayload } from '../log/payload.ts';
import { Aborted } from './aborted.ts';
import { Applier } from './applier.ts';
import { Arrivals } from './arrivals.ts';
import { catchUp } from './catch-up.ts';
import { Copies } from './copies.ts';
import { Replica, type ReplicaEvent } from './core/replica.ts';
import { DiskTrust } from './disk-trust.ts';
import { Driver } from './driver.ts';
import { Following } from './following.ts';
import type { Replacing } from './joining.ts';
import { Leading } from './leading.ts';
import { LogTail } from './log-tail.ts';
import { OwnLog } from './own-log.ts';
import type { PrimaryTerm } from './primary-term.ts';
import { promote } from './promote.ts';
import type { ReplicatorOptions } from './replicator-options.ts';
import { recordsAbove, requireSameHistory } from './same-history.ts';

/** Time as the core sees it. */
const TICK_MS = 100;

/** What is made before the replicator and reports to it. */
interface Parts {
  readonly tail: LogTail;
  readonly aborted: Aborted;
  readonly debt: Debt;
}

export class Replicator implements AsyncDisposable {
  readonly core: Replica;
  readonly tail: LogTail;
  readonly applier: Applier;
  readonly arrivals = new Arrivals();
  readonly following: Following;
  readonly trust: DiskTrust;
  readonly copies: Copies;
  readonly #leading: Leading;
  readonly #driver: Driver;
  readonly #ownLog: OwnLog;
  readonly #options: ReplicatorOptions;
  readonly #ended = new AbortController();
  readonly #tasks: Promise<void>[] = [];
  #ticking: NodeJS.Timeout | undefined;

  private constructor(options: ReplicatorOptions, { tail, aborted, debt }: Parts) {
    this.#options = options;
    this.tail = tail;
    this.applier = new Applier({ ...options, tail, aborted, debt, onApplied: (applied) => this.#applied(applied) });
    this.core = new Replica({
      self: options.self,
      nodes: options.nodes,
      promised: options.vote.current,
      last: { seq: options.log.last.seq, epoch: options.log.lastEpoch },
      commitSeq: options.catalogue.applied.seq,
      isAutomatic: options.failover === 'automatic',
      preferAfterMs: options.preferAfterMs,
      nowMs: performance.now(),
    });
    const commitSeq = (): number => this.core.commitSeq;
    const step = (event: ReplicaEvent): Promise<void> => this.#driver.step(event);
    const guard = (task: Promise<void>): Promise<void> => this.#guard(task);
    const trust = new DiskTrust({ ...options, generation: () => options.vote.current.generation });
    this.copies = new Copies({
      ...options,
      applier: this.applier,
      term: () => this.#leading.term,
      isPrimarySilent: () => this.core.isPrimarySilent,
      isMember: () => this.isMember,
    });
    this.#ownLog = new OwnLog({ ...options, tail, commitSeq });
    const shared = {
      ...options,
      tail,
      arrivals: this.arrivals,
      ownLog: this.#ownLog,
      step,
    };
    this.following = new Following({ ...shared, applier: this.applier, commitSeq });
    this.#leading = new Leading({
      ...shared,
      copies: this.copies,
      core: this.core,
      trust,
      tellMembers: () => this.#tellMembers(),
      guard,
      signal: this.#ended.signal,
    });
    this.trust = trust;
    this.#driver = new Driver({
      ...shared,
      core: this.core,
      trust,
      applier: this.applier,
      following: this.following,
      leading: this.#leading,
      guard,
      signal: this.#ended.signal,
    });
  }

  static async start(options: ReplicatorOptions): Promise<Replicator> {
    const { members, log, catalogue } = options;
    await requireSameHistory(options);
    const aborted = new Aborted();
    const tail = new LogTail(log, [members, aborted]);
    members.learn(catalogue.clusterState.members, catalogue.applied.seq);
    for await (const records of recordsAbove(catalogue.applied.seq, log)) {
      members.pushed(records);
      aborted.pushed(records);
    }
    const replicator = new Replicator(options, { tail, aborted, debt: await catalogue.debt() });
    replicator.#start();
    return replicator;
  }

  #start(): void {
    const { signal } = this.#ended;
    const debts = {
      ...this.#options,
      applier: this.applier,
      arrivals: this.arrivals,
      sources: () => this.following.sources(),
      isServing: () => this.term?.isServing === true,
      onSettled: () => this.following.recheck(),
    };
    this.#tasks.push(this.#guard(this.applier.run(signal)), this.#guard(catchUp(debts, signal)), this.#guard(this.#followMembers(signal)));
    this.#ticking = setInterval(() => void this.#guard(this.#tick()), TICK_MS);
    void this.#guard(this.#tick());
  }

  async #tick(): Promise<void> {
    if (this.#options.identity() === undefined) return;
    if (this.#leading.isStalled) await this.#driver.step({ kind: 'log-failed', reason: 'the disk does not finish a sync' });
    await this.#driver.stepUnlessFenced({ kind: 'tick', nowMs: performance.now() });
  }

  /** The core hears who is a full member whenever that may have changed. */
  async #followMembers(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { changed } = this.#options.members;
      const { count } = changed;
      await this.#tellMembers();
      await changed.after(count, { signal });
    }
  }

  #tellMembers(): Promise<void> {
    const { members, identity, self, nodes } = this.#options;
    return this.#driver.step({ kind: 'members', members: members.voters(self, identity()?.incarnation ?? null, nodes) });
  }

  async #guard(task: Promise<void>): Promise<void> {
    try {
      await task;
    } catch (error) {
      if (!this.#ended.signal.aborted) this.#options.onFatal(error);
    }
  }

  /** A full member, by this node's own log. */
  get isMember(): boolean {
    const identity = this.#options.identity();
    return identity !== undefined && this.#options.members.isFull(identity.nodeId, identity.incarnation);
  }

  /** What this node states of its log. */
  get ownLog(): OwnLog {
    return this.#ownLog;
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

  /** Throws unless one other full member confirms, after this call, that this node is primary. */
  async confirmRead(): Promise<void> {
    await this.servingTerm.confirmations.confirm();
  }

  /** Becomes primary: by the consent of the one that is, or by a majority when there is none. Throws with the reason in plain words. */
  async promote(signal: AbortSignal): Promise<{ readonly epoch: number }> {
    const options = {
      self: this.#options.self,
      core: this.core,
      replicator: this,
      ownRefusal: this.trust.ownRefusal,
      reachesMember: () => this.#driver.reachesMember(),
      step: (event: ReplicaEvent) => this.#driver.step(event),
    };
    return promote(options, signal);
  }

  /** Takes in the new disk of another node. */
  replaceNode(nodeId: NodeId, signal: AbortSignal): Promise<Replacing> {
    return this.#leading.joining.replace(nodeId, this.servingTerm, signal);
  }

  /** The primary asks this node to stand. */
  async takeOver(epoch: number, primary: NodeId): Promise<void> {
    await this.offered(epoch, primary);
    await this.#driver.step({ kind: 'stand', cause: 'handed-over' });
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

  /** Something of `epoch` arrived from `from`. Returns once a higher epoch is promised durably; throws `NS_FENCED` for an older one. */
  offered(epoch: number, from: NodeId): Promise<void> {
    return this.#driver.step({ kind: 'offered', epoch, from });
  }

  #applied(applied: readonly AppliedRecord[]): void {
    const { members, catalogue } = this.#options;
    if (applied.some(({ committed }) => committed === null)) members.learn(catalogue.clusterState.members, catalogue.applied.seq);
    for (const { seq, committed } of applied) this.term?.proposals.settle(seq, committed);
    this.following.recheck();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticking);
    this.#ended.abort();
    await this.#leading[Symbol.asyncDispose]();
    await Promise.allSettled(this.#tasks);
  }
}

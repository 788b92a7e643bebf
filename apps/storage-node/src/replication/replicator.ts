/**
 * Drives the pure core: brings it what happens on disks and wires, and does what it says. The rest of the node talks to
 * replication through this class alone.
 */
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { Debt } from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { AppliedRecord, Catalogue, CommittedOutcome } from '../catalogue/catalogue.ts';
import { encodeOperation, type OperationPayload } from '../log/payload.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Identity } from '../membership/identity.ts';
import type { PeerGenerations } from '../membership/peer-generations.ts';
import type { VoteStore } from '../membership/vote.ts';
import { Aborted } from './aborted.ts';
import { Applier } from './applier.ts';
import { Arrivals } from './arrivals.ts';
import { catchUp } from './catch-up.ts';
import { Replica, type ReplicaEffect, type ReplicaEvent } from './core/replica.ts';
import { Following } from './following.ts';
import type { Replacing } from './joining.ts';
import { Leading } from './leading.ts';
import { isSameHash, LogTail } from './log-tail.ts';
import type { Members } from './members.ts';
import { OwnLog, statedLog } from './own-log.ts';
import type { Peers } from './peers.ts';
import { requestPrevotes } from './prevotes.ts';
import type { PrimaryTerm } from './primary-term.ts';
import { promote } from './promote.ts';
import { whenAborted } from './when-aborted.ts';

/** Time as the core sees it. */
const TICK_MS = 100;
/** Records above what is applied, read at once at the start. */
const SCAN_BYTES = 4 * 1024 * 1024;

export interface ReplicatorOptions {
  readonly self: NodeId;
  /** All nodes in the configured order. */
  readonly nodes: readonly NodeId[];
  /** Undefined while this node is blank. */
  readonly identity: () => Identity | undefined;
  readonly failover: 'automatic' | 'manual';
  /** How long a node that the configuration prefers has to be caught up before the primary gives way to it. */
  readonly preferAfterMs: number;
  readonly members: Members;
  readonly peers: Peers;
  readonly generations: PeerGenerations;
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
  readonly #leading: Leading;
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
    this.#ownLog = new OwnLog({ ...options, tail, commitSeq });
    const shared = {
      ...options,
      tail,
      arrivals: this.arrivals,
      ownLog: this.#ownLog,
      step: (event: ReplicaEvent): Promise<void> => this.#step(event),
    };
    this.following = new Following({ ...shared, applier: this.applier, commitSeq });
    this.#leading = new Leading({
      ...shared,
      core: this.core,
      isTrusted: (peer, generation) => this.isTrusted(peer, generation),
      guard: (task) => this.#guard(task),
      signal: this.#ended.signal,
    });
  }

  static async start(options: ReplicatorOptions): Promise<Replicator> {
    const { members, log, catalogue } = options;
    await requireSameHistory(options);
    const aborted = new Aborted();
    const tail = new LogTail(log, [members, aborted]);
    members.learn(catalogue.clusterState.members, catalogue.applied.seq);
    for (let seq = catalogue.applied.seq + 1; seq <= log.last.seq; ) {
      const records = await log.read(seq, SCAN_BYTES);
      members.pushed(records);
      aborted.pushed(records);
      seq += records.length;
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
      onSettled: () => this.following.recheck(),
    };
    this.#tasks.push(this.#guard(this.applier.run(signal)), this.#guard(catchUp(debts, signal)), this.#guard(this.#followMembers(signal)));
    this.#ticking = setInterval(() => void this.#guard(this.#tick()), TICK_MS);
    void this.#guard(this.#tick());
  }

  async #tick(): Promise<void> {
    if (this.#options.identity() === undefined) return;
    try {
      if (this.#leading.isStalled) await this.#step({ kind: 'log-failed', reason: 'the disk does not finish a sync' });
      await this.#step({ kind: 'tick', nowMs: performance.now() });
    } catch (error) {
      // A higher epoch was promised in the same moment: the next attempt stands above it.
      if (!(error instanceof NetStoreError && error.code === 'NS_FENCED')) throw error;
    }
  }

  /** The core hears who is a full member whenever that may have changed. */
  async #followMembers(signal: AbortSignal): Promise<void> {
    const aborted = whenAborted(signal);
    while (!signal.aborted) {
      const changed = this.#options.members.changed.next();
      await this.#tellMembers();
      await Promise.race([changed, aborted]);
    }
  }

  #tellMembers(): Promise<void> {
    const { members, identity, self, nodes } = this.#options;
    return this.#step({ kind: 'members', members: members.voters(self, identity()?.incarnation ?? null, nodes) });
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

  /** A peer showed the generation of its disk. False when that disk went back in time: it is refused from then on. */
  isTrusted(peer: NodeId, generation: number): boolean {
    const { members, generations, logger } = this.#options;
    const incarnation = members.incarnationOf(peer);
    if (incarnation === undefined) return false;
    const before = generations.note(peer, incarnation, generation);
    if (before === undefined) return true;
    const reason = `Its disk went back in time: it has shown generation ${before} and now shows ${generation}. Give it an empty directory and run "netstore node replace ${peer}".`;
    if (members.reasonAgainst(peer) !== reason)
      logger.error({ peer, before, generation }, 'a peer has an old disk image: it may not vote and does not count');
    members.refuse(peer, reason);
    return false;
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
    return promote({ self: this.#options.self, core: this.core, replicator: this, step: (event) => this.#step(event) }, signal);
  }

  /** Takes in the new disk of another node. */
  replaceNode(nodeId: NodeId, signal: AbortSignal): Promise<Replacing> {
    return this.#leading.joining.replace(nodeId, this.servingTerm, signal);
  }

  /** The primary asks this node to stand. */
  async takeOver(epoch: number, primary: NodeId): Promise<void> {
    await this.offered(epoch, primary);
    await this.#step({ kind: 'stand', cause: 'handed-over' });
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
    const others = this.term?.progress.filter((peer) => this.#options.members.counts(peer.id) && peer.holdsSeq >= seq).length ?? 0;
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
        return this.#step({
          kind: 'promise-stored',
          promise: effect.promise,
          own: statedLog(this.#options.self, await this.#ownLog.state()),
        });
      case 'request-prevotes':
        void this.#guard(this.#requestPrevotes(effect.epoch));
        return;
      case 'request-promises':
        logger.info({ epoch: effect.epoch }, 'standing for primary');
        return this.#leading.begin(effect.epoch);
      case 'recover-log':
        return this.#leading.recover(effect);
      case 'hand-over':
        void this.#guard(this.#leading.handOver(effect.to));
        return;
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

  async #requestPrevotes(epoch: number): Promise<void> {
    const { self, peers, vote } = this.#options;
    await requestPrevotes(
      peers,
      { epoch, candidate: self, generation: vote.current.generation },
      async ({ from, isGranted, promisedEpoch, generation }) => {
        if (this.isTrusted(from, generation)) await this.#step({ kind: 'prevoted', from, epoch, isGranted, promisedEpoch });
      },
      this.#ended.signal,
    );
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

/** What the catalogue shows is committed: a log that does not contain it has lost records, or is another disk's. */
async function requireSameHistory({ log, catalogue, vote }: ReplicatorOptions): Promise<void> {
  const { seq, hash } = catalogue.applied;
  // A damaged log gets back from the others what the catalogue shows already; the hashes are compared when it does.
  if (seq > log.last.seq && vote.current.acknowledged.seq > log.last.seq) return;
  const own = await log.positionAt(seq);
  if (own !== undefined && isSameHash(own.hash, hash)) return;
  throw new NetStoreError(
    'NS_LOG_DAMAGED',
    `The catalogue shows record ${seq}, and the log ${own === undefined ? `ends at ${log.last.seq}` : 'has another record there'}: they are not of one disk, or the log lost records. ` +
      'Nothing was changed. Move this data directory away (do not delete it) and start the node with an empty one: the others give it everything again',
  );
}

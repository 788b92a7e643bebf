/**
 * What a node does as candidate and primary: asks for promises, makes its log the one that the epoch begins with, opens the epoch, appends and
 * sends, gives way. Its counterpart on the other nodes is `following.ts`.
 */
import type { Logger } from '@netstore/service-kit';
import { type NodeId, toNetStoreError } from '@netstore/shared-types';
import { DISKS_MAX, type PromiseAnswer } from '@netstore/wire-protocol';
import { encodeNewEpoch } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Identity } from '../membership/identity.ts';
import type { VoteStore } from '../membership/vote.ts';
import type { Copies } from './copies.ts';
import type { Replica, ReplicaEvent } from './core/replica.ts';
import type { AskedDisk, DiskTrust } from './disk-trust.ts';
import { giveWay } from './give-way.ts';
import { Joining } from './joining.ts';
import type { LogTail } from './log-tail.ts';
import type { Members } from './members.ts';
import { statedLog } from './own-log.ts';
import type { Peers } from './peers.ts';
import { PrimaryTerm } from './primary-term.ts';
import { type RecoveryOptions, type RecoveryPlan, recoverLog } from './recovery.ts';

/** A disk that takes longer for one sync is no disk to be primary on. */
const SYNC_MS_MAX = 2_000;

export interface LeadingOptions extends Omit<RecoveryOptions, 'commitSeq' | 'onDisk'> {
  readonly nodes: readonly NodeId[];
  readonly copies: Copies;
  readonly identity: () => Identity | undefined;
  readonly members: Members;
  readonly peers: Peers;
  readonly core: Replica;
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly logger: Logger;
  readonly now: () => number;
  readonly trust: DiskTrust;
  /** The core hears of the members by this node's log. */
  readonly tellMembers: () => Promise<void>;
  /** The log found no room: something is given up for it. */
  readonly onLogFull: () => Promise<void>;
  readonly step: (event: ReplicaEvent) => Promise<void>;
  /** Takes note of a task whose failure ends the process. */
  readonly guard: (task: Promise<void>) => Promise<void>;
  readonly signal: AbortSignal;
}

export class Leading implements AsyncDisposable {
  readonly joining: Joining;
  readonly #options: LeadingOptions;
  #term: PrimaryTerm | undefined;
  /** What was found void when the log was recovered; the record that opens the epoch says so. */
  #void: number[] = [];
  #recovering: Promise<void> = Promise.resolve();
  #appending: Promise<void> = Promise.resolve();
  #onDiskSince: number | undefined;
  /** Of terms that have ended. */
  #closing: Promise<unknown> = Promise.resolve();

  constructor(options: LeadingOptions) {
    this.#options = options;
    this.joining = new Joining(options);
  }

  get term(): PrimaryTerm | undefined {
    return this.#term;
  }

  /** The disk has not answered a sync of the log for too long. */
  get isStalled(): boolean {
    return this.#onDiskSince !== undefined && performance.now() - this.#onDiskSince > SYNC_MS_MAX;
  }

  /** Asks the others for their promise. */
  begin(epoch: number): void {
    const { self, peers, tail, vote, logger, now, core, members, step, guard, trust } = this.#options;
    // There is none; and should there be one, two would speak for one epoch.
    if (this.#term !== undefined) this.end('this node stands anew');
    this.#term = new PrimaryTerm({
      self,
      epoch,
      peers: peers.all,
      tail,
      logger,
      now,
      commitSeq: () => core.commitSeq,
      wantedPromise: () => (core.role === 'candidate' ? { epoch, candidate: self, generation: vote.current.generation } : undefined),
      heartbeat: async () => ({
        epoch,
        primary: self,
        commit: await this.#options.ownLog.committed(),
        held: [...this.#options.copies.known],
        disks: trust.seen.slice(-DISKS_MAX),
      }),
      append: (records) => this.#append(records),
      ask: (peer, connection) => trust.ask(peer, connection),
      onPromise: (from, answer) => this.#promised(from, answer),
      onHeard: (disk, { generation, appliedSeq, isDiskFull }) => {
        const { nodeId: from, incarnation } = disk;
        // It answers now: an old process of its name that was heard meanwhile is not who is there.
        members.see(from, incarnation);
        const isCounted = trust.isTrusted(disk, generation) && members.counts(from, incarnation);
        if (isCounted) void guard(step({ kind: 'heard', from, epoch, appliedSeq, isDiskFull }));
        return isCounted;
      },
      onStream: (disk, generation) => {
        trust.isTrusted(disk, generation);
        void guard(step({ kind: 'stream-opened', from: disk.nodeId }));
      },
      onFenced: (seen) => void guard(step({ kind: 'fenced', epoch: seen, of: epoch })),
      onAcknowledged: (from, disk, seq) => {
        if (members.counts(from, disk)) void guard(step({ kind: 'acknowledged', from, epoch, seq }));
      },
    });
    this.#term.start();
  }

  /** Who may vote is what this node's own log says, whether that is committed or not. */
  async #promised(disk: AskedDisk, answer: PromiseAnswer): Promise<void> {
    const { members, step, trust } = this.#options;
    const isVoter = trust.isTrusted(disk, answer.generation) && members.isMember(disk.nodeId, disk.incarnation);
    if (isVoter) await step({ kind: 'promised', epoch: answer.epoch, log: statedLog(disk.nodeId, answer) });
  }

  /** Makes this node's log the chosen one. */
  recover(plan: RecoveryPlan): void {
    // Not awaited by whoever steps: a higher epoch must be able to end it.
    this.#recovering = this.#options.guard(this.#recover(plan));
  }

  async #recover(plan: RecoveryPlan): Promise<void> {
    const { core, log, step, tellMembers, logger } = this.#options;
    const term = this.#term;
    const failed = (reason: string): Promise<void> => step({ kind: 'recovery-failed', epoch: plan.epoch, reason });
    if (term === undefined) return failed('the epoch has ended');
    try {
      const onDisk = <Result>(work: () => Promise<Result>): Promise<Result> => this.#timed(work);
      this.#void = await recoverLog(plan, { ...this.#options, commitSeq: () => core.commitSeq, onDisk }, term.ended);
    } catch (thrown) {
      if (term.ended.aborted) return;
      const { code, message } = toNetStoreError(thrown);
      logger.error({ code, reason: message, from: plan.from, err: thrown }, 'log could not be recovered');
      return failed(message);
    }
    if (term.ended.aborted) return;
    // Of the log as it is now, and before anything is decided on it.
    await tellMembers();
    await step({ kind: 'logged', seq: log.last.seq, epoch: log.lastEpoch });
    await step({ kind: 'recovered', epoch: plan.epoch });
  }

  /** A disk that does not come back from this is found by `isStalled`. */
  async #timed<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#onDiskSince ??= performance.now();
    try {
      return await work();
    } finally {
      this.#onDiskSince = undefined;
    }
  }

  /** Resolves when the record that opens the epoch is committed and applied, or the epoch has ended. */
  async openEpoch(): Promise<void> {
    const { members, nodes, identity, step, logger } = this.#options;
    const term = this.#term;
    const own = identity();
    if (term === undefined || own === undefined) return;
    const full = await members.forNewEpoch({ nodeId: own.nodeId, incarnation: own.incarnation }, nodes, term.ended);
    if (this.#term !== term) return;
    term.openStreams();
    const opening = { epoch: term.epoch, primary: own.nodeId, clusterId: own.clusterId, members: full, aborted: this.#void };
    try {
      await term.proposals.propose('new-epoch', encodeNewEpoch(opening));
      term.isServing = this.#term === term;
      logger.info({ epoch: term.epoch }, 'primary is active');
    } catch (error) {
      logger.warn({ err: error, epoch: term.epoch }, 'epoch ended before it was open');
      if (this.#term === term) await step({ kind: 'log-failed', reason: 'the record that opens the epoch could not be proposed' });
    }
  }

  /** Lets a preferred node take over, or goes on as before when it does not. */
  async handOver(to: NodeId): Promise<void> {
    const term = this.#term;
    const peer = this.#options.peers.get(to);
    if (term?.isServing === true && peer !== undefined) await giveWay({ ...this.#options, term, peer });
  }

  #append(records: readonly LogRecord[]): Promise<void> {
    this.#appending = this.#write(records);
    return this.#appending;
  }

  async #write(records: readonly LogRecord[]): Promise<void> {
    const { tail, log, vote, logger, onLogFull, step, guard } = this.#options;
    const last = records.at(-1);
    if (last === undefined) return;
    tail.push(records);
    this.#term?.notifyStreams();
    try {
      await this.#timed(async () => {
        await log.append(records);
        await vote.acknowledge({ seq: last.seq, hash: last.hash });
      });
      await step({ kind: 'logged', seq: last.seq, epoch: last.epoch });
    } catch (error) {
      logger.error({ err: error }, 'log could not be appended to');
      tail.truncate(tail.durableSeq + 1);
      await guard(step({ kind: 'log-failed', reason: 'the log could not be written' }));
      if (toNetStoreError(error).code === 'NS_DISK_FULL') await guard(onLogFull());
    }
  }

  /** Resolves when nothing is under way of the terms that have ended. */
  get closed(): Promise<unknown> {
    return this.#closing;
  }

  /** What the term still does may be waiting for whoever calls this: its end is not waited for here. */
  end(reason: string): void {
    const term = this.#term;
    this.#term = undefined;
    this.#void = [];
    // What is being written may still become part of the log: only then is it known where the log ends.
    this.#closing = Promise.all([this.#closing, term?.close(reason), this.#recovering, this.#appending]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end('the node stops');
    await this.#closing;
  }
}

/**
 * What a node does as candidate and primary: stands when it is its turn, opens an epoch, appends and sends. Its counterpart
 * on the other nodes is `following.ts`.
 */
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { PromiseAnswer } from '@netstore/wire-protocol';
import { encodeNewEpoch } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Identity } from '../membership/identity.ts';
import type { VoteStore } from '../membership/vote.ts';
import { mayKnowMore } from './core/log-rules.ts';
import type { Replica, ReplicaEvent } from './core/replica.ts';
import { isSameHash, type LogTail } from './log-tail.ts';
import type { Members } from './members.ts';
import type { Peers } from './peers.ts';
import { PrimaryTerm } from './primary-term.ts';

const STAND_INTERVAL_MS = 500;

export interface LeadingOptions {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly identity: () => Identity | undefined;
  readonly members: Members;
  readonly peers: Peers;
  readonly core: Replica;
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly logger: Logger;
  readonly now: () => number;
  /** The log found no room: something is given up for it. */
  readonly onLogFull: () => Promise<void>;
  readonly step: (event: ReplicaEvent) => Promise<void>;
  /** Takes note of a task whose failure ends the process. */
  readonly guard: (task: Promise<void>) => Promise<void>;
  readonly signal: AbortSignal;
}

export class Leading implements AsyncDisposable {
  readonly #options: LeadingOptions;
  #term: PrimaryTerm | undefined;
  #standTimer: NodeJS.Timeout | undefined;
  #appending: Promise<void> = Promise.resolve();
  /** Of terms that have ended. */
  #closing: Promise<unknown> = Promise.resolve();

  constructor(options: LeadingOptions) {
    this.#options = options;
  }

  get term(): PrimaryTerm | undefined {
    return this.#term;
  }

  /** The configured primary stands, now and whenever it finds that it is none. */
  keepStanding(): void {
    const stand = (): void => void this.#options.guard(this.#stand());
    this.#standTimer = setInterval(stand, STAND_INTERVAL_MS);
    stand();
  }

  async #stand(): Promise<void> {
    const { identity, members, core, log, step } = this.#options;
    const own = identity();
    if (own === undefined || !members.isMember(own.nodeId, own.incarnation)) return;
    await this.#closing;
    if (core.role !== 'secondary') return;
    try {
      // What a failed term has still written is part of this log: the epoch's own records begin behind it.
      await step({ kind: 'logged', seq: log.last.seq, epoch: log.lastEpoch });
      await step({ kind: 'stand' });
    } catch (error) {
      // A higher epoch was promised in the same moment: the next turn stands above it.
      if (!(error instanceof NetStoreError && error.code === 'NS_FENCED')) throw error;
    }
  }

  /** Asks the others for their promise. */
  begin(epoch: number): void {
    const { self, peers, tail, logger, now, core, step, guard } = this.#options;
    this.#term = new PrimaryTerm({
      self,
      epoch,
      peers: peers.all,
      tail,
      logger,
      now,
      commitSeq: () => core.commitSeq,
      isCandidate: () => core.role === 'candidate',
      heartbeat: async () => ({ epoch, primary: self, commit: await tail.committedAt(core.commitSeq) }),
      append: (records) => this.#append(records),
      onPromise: (from, answer) => this.#promised(from, answer),
      onFenced: (seen) => void guard(step({ kind: 'fenced', epoch: seen })),
      onAcknowledged: (from, seq) => void guard(step({ kind: 'acknowledged', from, epoch, seq })),
    });
    this.#term.start();
  }

  async #promised(from: NodeId, answer: PromiseAnswer): Promise<void> {
    const { self, tail, log, step } = this.#options;
    const own = await tail.positionAt(answer.commit.seq);
    const knowsMore = mayKnowMore(
      { self, lastEpoch: log.lastEpoch, lastSeq: log.last.seq },
      {
        isCommitOurs: own !== undefined && isSameHash(own.hash, answer.commit.hash),
        lastEpoch: answer.lastEpoch,
        lastSeq: answer.last.seq,
        lastPrimary: answer.lastPrimary,
      },
    );
    await step({ kind: 'promised', from, epoch: answer.epoch, knowsMore });
  }

  /** A majority has promised. Resolves when the record that opens the epoch is committed and applied, or the epoch has ended. */
  async openEpoch(): Promise<void> {
    const { members, nodes, identity, logger, signal } = this.#options;
    const term = this.#term;
    const own = identity();
    if (term === undefined || own === undefined) return;
    const full = await members.forNewEpoch({ nodeId: own.nodeId, incarnation: own.incarnation }, nodes, signal);
    if (this.#term !== term) return;
    term.openStreams();
    const payload = encodeNewEpoch({ epoch: term.epoch, primary: own.nodeId, clusterId: own.clusterId, members: full });
    try {
      await term.proposals.propose('new-epoch', payload);
      term.isServing = this.#term === term;
      logger.info({ epoch: term.epoch }, 'primary is active');
    } catch (error) {
      logger.warn({ err: error, epoch: term.epoch }, 'epoch ended before it was open');
    }
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
      await log.append(records);
      await vote.acknowledge({ seq: last.seq, hash: last.hash });
      await step({ kind: 'logged', seq: last.seq, epoch: last.epoch });
    } catch (error) {
      logger.error({ err: error }, 'log could not be appended to');
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
    const { tail } = this.#options;
    this.#term = undefined;
    // What is being written may still become part of the log: only then is it known where the log ends.
    const ended = Promise.all([this.#closing, term?.close(reason), this.#appending]);
    this.#closing = ended.then(() => tail.truncate(tail.durableSeq + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#standTimer);
    this.end('the node stops');
    await this.#closing;
  }
}

/**
 * What a secondary does for the primary of the moment: at most one log stream at a time, and the blobs that records need
 * before they may be acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { LogPosition, PromiseAnswer } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { decodeOperation } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { VoteStore } from '../membership/vote.ts';
import { appendPastMark } from './append-past-mark.ts';
import { type Applier, blobRefsOf } from './applier.ts';
import type { Arrivals } from './arrivals.ts';
import { heldUpTo } from './core/held.ts';
import type { ReplicaEvent } from './core/replica.ts';
import { fetchBlob } from './fetch-blob.ts';
import { Follower, type FollowerHost } from './follower.ts';
import type { LogTail } from './log-tail.ts';
import { missingBlobs } from './missing-blobs.ts';
import type { OwnLog } from './own-log.ts';
import type { Peer, Peers } from './peers.ts';
import { retryWhileBusy } from './retry-while-busy.ts';

const OPEN_TIMEOUT_MS = 5_000;
const RETRY_MS = 500;

export interface FollowingOptions {
  readonly self: NodeId;
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly applier: Applier;
  readonly arrivals: Arrivals;
  readonly blobs: BlobStore;
  readonly catalogue: Catalogue;
  readonly peers: Peers;
  readonly ownLog: OwnLog;
  readonly logger: Logger;
  readonly commitSeq: () => number;
  readonly onLogFull: () => Promise<void>;
  /** The primary's log begins behind the end of this one: a snapshot has to take its place. */
  readonly onBehind: (primary: NodeId) => void;
  readonly step: (event: ReplicaEvent) => Promise<void>;
}

/** A log stream that is being received, or waits for the one before it to end. */
interface LogReception {
  readonly epoch: number;
  readonly connection: Connection;
  /** Settles when nothing of it is under way any more; never rejects. */
  readonly ended: Promise<void>;
}

interface StreamToReceive {
  readonly epoch: number;
  readonly primary: NodeId;
  readonly before: LogReception | undefined;
}

export class Following {
  readonly #options: FollowingOptions;
  /** A log is found damaged at a start: its mark is of no later epoch than this. */
  readonly #promisedAtStart: number;
  #current: LogReception | undefined;
  /** Of the current stream, once it runs. */
  #follower: Follower | undefined;

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#promisedAtStart = options.vote.current.epoch;
  }

  /** Serves one log stream until it ends. A new stream ends the one before: the primary has connected again. */
  async serve(connection: Connection, signal: AbortSignal): Promise<void> {
    const { epoch, primary } = await connection.expect('LOG_OPEN', { timeoutMs: OPEN_TIMEOUT_MS, signal });
    if (primary !== connection.peer.nodeId)
      throw new NetStoreError('NS_WRONG_NODE', `${connection.peer.nodeId} opens a log stream for ${primary}`);
    await this.#options.step({ kind: 'offered', epoch, from: primary });
    const before = this.#current;
    before?.connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'The primary opened a new log stream'));
    const receiving = this.#receive(connection, { epoch, primary, before }, signal);
    const current = { epoch, connection, ended: receiving.catch(() => undefined) };
    this.#current = current;
    try {
      await receiving;
    } finally {
      if (this.#current === current) this.#current = undefined;
    }
  }

  async #receive(connection: Connection, stream: StreamToReceive, signal: AbortSignal): Promise<void> {
    const { vote, tail, log } = this.#options;
    // Two streams at once would write into each other's log.
    await stream.before?.ended;
    const follower = new Follower(connection, this.#host(stream.epoch), stream.epoch, stream.primary);
    await connection.send('LOG_POSITION', {
      promisedEpoch: vote.current.epoch,
      lastEpoch: log.lastEpoch,
      last: position(tail.last),
      commit: await this.#options.ownLog.committed(),
      generation: vote.current.generation,
    });
    this.#follower = follower;
    try {
      await follower.run(signal);
    } catch (error) {
      if (isBehindPeer(error)) this.#options.onBehind(stream.primary);
      throw error;
    } finally {
      this.#follower = undefined;
    }
  }

  /** Ends what is received from a primary of a lower epoch. What this node acknowledged to it is then in the log for all to see. */
  async endBelow(epoch: number): Promise<void> {
    const current = this.#current;
    if (current === undefined || current.epoch >= epoch) return;
    current.connection.destroy(new NetStoreError('NS_FENCED', `Epoch ${epoch} was promised`, { details: { epoch } }));
    await current.ended;
  }

  /** A primary sends its log now. */
  get isConnected(): boolean {
    return this.#follower !== undefined;
  }

  recheck(): void {
    this.#follower?.recheck();
  }

  /** What this node says when it promises. Throws `NS_FENCED`, also when it has promised a higher epoch by the time it knows its log. */
  async promise(epoch: number, candidate: NodeId): Promise<PromiseAnswer> {
    const { step, ownLog } = this.#options;
    await step({ kind: 'offered', epoch, from: candidate });
    const state = await ownLog.state();
    // Of a promise that is over nothing is said any more: the log may have grown by records of the later epoch.
    await step({ kind: 'offered', epoch, from: candidate });
    return { epoch, candidate, ...state };
  }

  /** Whom to ask for blobs: the primary first. */
  sources(): readonly Peer[] {
    const { peers, vote } = this.#options;
    const primary = vote.current.candidate;
    return [...peers.all].sort((a, b) => Number(b.id === primary) - Number(a.id === primary));
  }

  #host(epoch: number): FollowerHost {
    const { tail, log, vote, step, commitSeq, onLogFull, blobs, applier, ownLog } = this.#options;
    let isMarkLost = ownLog.isDamaged;
    return {
      tail,
      log,
      append: (records) => appendPastMark(records, log, vote),
      commitSeq,
      onLogFull,
      offered: (epoch, from) => step({ kind: 'offered', epoch, from }),
      commitKnown: async (epoch, seq, heldSeq) => {
        await step({ kind: 'logged', seq: log.last.seq, epoch: log.lastEpoch });
        // The record that opened the epoch may say that some before it are void: until it is here, none of them is to be applied.
        if (log.lastEpoch < epoch) return;
        await step({ kind: 'commit-known', epoch, commitSeq: seq, heldSeq });
      },
      lowerMark: async (shared) => {
        // A damaged log says by its mark what it once held: that stays until the records are back.
        if (!isMarkLost && shared.seq < vote.current.acknowledged.seq) await vote.acknowledge(shared, { allowLower: true });
      },
      acknowledge: async (acknowledged, uncheckedSeq) => {
        if (isMarkLost) isMarkLost = !(await this.#restoreMark(acknowledged, epoch));
        // What comes before the record that opened the epoch counts for nothing yet, and may not have been looked at.
        else if (log.lastEpoch >= epoch && acknowledged.seq > vote.current.acknowledged.seq) await vote.acknowledge(acknowledged);
        const { appliedSeq, debt } = applier;
        return { heldSeq: heldUpTo({ clearedSeq: acknowledged.seq, uncheckedSeq, appliedSeq, debt }) };
      },
      holdsBlobs: async (record) => (await missingBlobs(blobRefsOf(record), blobs)).length === 0,
      obtainBlobs: (record, signal) => this.#obtain(record, signal),
    };
  }

  /**
   * Whether the mark is true again: the log has reached it, or has the record that opened an epoch later than the mark. The log of that one's primary has
   * everything that was committed before, so that a mark beyond it was of records that lost. Of the epoch in which the mark was made nothing can be
   * said so: the primary has the lost records, and they are on their way.
   */
  async #restoreMark(acknowledged: LogPosition, epoch: number): Promise<boolean> {
    const { vote, log } = this.#options;
    const hasLaterEpoch = epoch > this.#promisedAtStart && log.lastEpoch >= epoch;
    if (acknowledged.seq < vote.current.acknowledged.seq && !hasLaterEpoch) return false;
    await vote.acknowledge(acknowledged, { allowLower: true });
    return true;
  }

  async #obtain(record: LogRecord, signal: AbortSignal): Promise<void> {
    const { blobs, arrivals, logger } = this.#options;
    // Without a third node nothing is committed before these are here, no delete either: a full disk would never get room again.
    const awaited: Pick<BlobStore, 'stage'> = { stage: (blobId, lengthBytes) => blobs.stage(blobId, lengthBytes, { isAwaited: true }) };
    for (const ref of await missingBlobs(blobRefsOf(record), blobs)) {
      await arrivals.settled(ref.blobId);
      while (!(await blobs.has(ref.blobId))) {
        try {
          await fetchBlob(ref, awaited, this.sources(), signal);
        } catch (error) {
          signal.throwIfAborted();
          if (await this.#isDecided(record)) return;
          logger.warn({ blobId: ref.blobId, seq: record.seq, err: error }, 'blob that a record needs could not be fetched yet');
          await sleep(RETRY_MS, undefined, { signal });
        }
      }
    }
  }

  /** What repeats an operation has no effect, and its blobs may have been let go everywhere: waiting for them would hold up every write. */
  #isDecided(record: LogRecord): Promise<boolean> {
    const { operationId } = decodeOperation(record.payload);
    return retryWhileBusy(() => this.#options.catalogue.isDecided(operationId, record.timeMs));
  }
}

/** The primary says that it has not what this node lacks; an error of this node's own log names no peer. */
function isBehindPeer(error: unknown): boolean {
  return error instanceof NetStoreError && error.code === 'NS_LOG_COMPACTED' && error.details['peer'] !== undefined;
}

const position = ({ seq, hash }: LogPosition): LogPosition => ({ seq, hash });

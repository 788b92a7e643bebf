/**
 * What a secondary does for the primary of the moment: at most one log stream at a time, and the blobs that records need
 * before they may be acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { BlobRef, LogPosition, PromiseAnswer } from '@netstore/wire-protocol';
import { PROMISE_RECORDS_MAX } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { VoteStore } from '../membership/vote.ts';
import { type Applier, blobRefsOf } from './applier.ts';
import type { Arrivals } from './arrivals.ts';
import type { ReplicaEvent } from './core/replica.ts';
import { readEpochOpening } from './epoch-opening.ts';
import { fetchBlob } from './fetch-blob.ts';
import { Follower, type FollowerHost } from './follower.ts';
import type { LogTail } from './log-tail.ts';
import type { Peer, Peers } from './peers.ts';

const OPEN_TIMEOUT_MS = 5_000;
const RETRY_MS = 500;
const PROMISE_BYTES_MAX = 64 * 1024 * 1024;

export interface FollowingOptions {
  readonly self: NodeId;
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly applier: Applier;
  readonly arrivals: Arrivals;
  readonly blobs: BlobStore;
  readonly peers: Peers;
  readonly logger: Logger;
  readonly commitSeq: () => number;
  readonly onLogFull: () => Promise<void>;
  readonly step: (event: ReplicaEvent) => Promise<void>;
}

export class Following {
  readonly #options: FollowingOptions;
  #current: { readonly follower: Follower; readonly connection: Connection; readonly ended: Promise<void> } | undefined;

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** Serves one log stream until it ends. A new stream ends the one before: the primary has connected again. */
  async serve(connection: Connection, signal: AbortSignal): Promise<void> {
    const { step, vote, tail, log } = this.#options;
    const open = await connection.expect('LOG_OPEN', { timeoutMs: OPEN_TIMEOUT_MS, signal });
    await step({ kind: 'offered', epoch: open.epoch, from: open.primary });
    this.#current?.connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'The primary opened a new log stream'));
    await this.#current?.ended;
    const follower = new Follower(connection, this.#host(), open.epoch, open.primary);
    await connection.send('LOG_POSITION', {
      promisedEpoch: vote.current.epoch,
      lastEpoch: log.lastEpoch,
      last: position(tail.last),
      commit: await this.#committed(),
    });
    const running = follower.run(signal);
    const current = { follower, connection, ended: running.catch(() => undefined) };
    this.#current = current;
    try {
      await running;
    } finally {
      if (this.#current === current) this.#current = undefined;
    }
  }

  /** A primary sends its log now. */
  get isConnected(): boolean {
    return this.#current !== undefined;
  }

  recheck(): void {
    this.#current?.follower.recheck();
  }

  /** What this node says when it promises. */
  async promise(epoch: number, candidate: NodeId): Promise<PromiseAnswer> {
    await this.#options.step({ kind: 'offered', epoch, from: candidate });
    const { tail, log, vote, commitSeq } = this.#options;
    const above = await tail.read(commitSeq() + 1, PROMISE_BYTES_MAX);
    return {
      epoch,
      candidate,
      lastEpoch: log.lastEpoch,
      lastPrimary: (await readEpochOpening(log))?.primary ?? null,
      last: position(tail.last),
      commit: await this.#committed(),
      acknowledged: position(vote.current.acknowledged),
      records: above.slice(0, PROMISE_RECORDS_MAX).map((record) => ({ ...position(record), epoch: record.epoch, isDamaged: false })),
    };
  }

  /** Whom to ask for blobs: the primary first. */
  sources(): readonly Peer[] {
    const { peers, vote } = this.#options;
    const primary = vote.current.candidate;
    return [...peers.all].sort((a, b) => Number(b.id === primary) - Number(a.id === primary));
  }

  async #committed(): Promise<LogPosition> {
    const committed = await this.#options.tail.positionAt(this.#options.commitSeq());
    if (committed === undefined)
      throw new NetStoreError('NS_LOG_DAMAGED', `Log has no record ${this.#options.commitSeq()}, which is committed`);
    return position(committed);
  }

  #host(): FollowerHost {
    const { tail, log, vote, step, commitSeq, onLogFull, blobs, applier } = this.#options;
    return {
      tail,
      log,
      commitSeq,
      onLogFull,
      offered: (epoch, from) => step({ kind: 'offered', epoch, from }),
      commitKnown: async (epoch, seq, heldSeq) => {
        await step({ kind: 'logged', seq: log.last.seq, epoch: log.lastEpoch });
        await step({ kind: 'commit-known', epoch, commitSeq: seq, heldSeq });
      },
      lowerMark: (shared) =>
        shared.seq < vote.current.acknowledged.seq ? vote.acknowledge(shared, { allowLower: true }) : Promise.resolve(),
      acknowledge: async (acknowledged, checkedSeq) => {
        if (acknowledged.seq > vote.current.acknowledged.seq) await vote.acknowledge(acknowledged);
        const held = Math.max(applier.appliedSeq, checkedSeq);
        return { heldSeq: applier.debt.blobs === 0 ? held : Math.min(applier.debt.heldSeq, held) };
      },
      holdsBlobs: async (record) => (await this.#missingOf(record, blobs)).length === 0,
      obtainBlobs: (record, signal) => this.#obtain(record, signal),
    };
  }

  async #missingOf(record: LogRecord, blobs: BlobStore): Promise<BlobRef[]> {
    const missing: BlobRef[] = [];
    for (const ref of blobRefsOf(record)) {
      if ((await blobs.find(ref.blobId)) === undefined) missing.push(ref);
    }
    return missing;
  }

  async #obtain(record: LogRecord, signal: AbortSignal): Promise<void> {
    const { blobs, arrivals, logger } = this.#options;
    for (const ref of await this.#missingOf(record, blobs)) {
      await arrivals.settled(ref.blobId);
      while ((await blobs.find(ref.blobId)) === undefined) {
        try {
          await fetchBlob(ref, blobs, this.sources(), signal);
        } catch (error) {
          signal.throwIfAborted();
          logger.warn({ blobId: ref.blobId, seq: record.seq, err: error }, 'blob that a record needs could not be fetched yet');
          await sleep(RETRY_MS, undefined, { signal });
        }
      }
    }
  }
}

const position = ({ seq, hash }: LogPosition): LogPosition => ({ seq, hash });

/**
 * Makes a candidate's log the one that its epoch begins with: fetches what it lacks from whoever has it, and finds out which of
 * the records that were never committed are void because nobody can have their blobs.
 */
import type { Logger } from '@netstore/service-kit';
import { type BlobId, NetStoreError, type NodeId } from '@netstore/shared-types';
import {
  BLOB_STATES,
  BLOB_STATES_MAX,
  type BlobState,
  LOG_APPEND_RECORDS_BYTES_MAX,
  type LogPosition,
  packBlobIds,
} from '@netstore/wire-protocol';
import type { BlobStore } from '../blobs/blob-store.ts';
import { type LogRecord, parseRecords } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { VoteStore } from '../membership/vote.ts';
import { appendPastMark } from './append-past-mark.ts';
import { blobIdsOf } from './applier.ts';
import type { Arrivals } from './arrivals.ts';
import { blobStatesOf } from './blob-states.ts';
import type { StatedLog } from './core/activation.ts';
import { isProvenVoid } from './core/void-records.ts';
import { LogIntake, requireChain } from './log-intake.ts';
import { isSameHash, type LogTail } from './log-tail.ts';
import type { OwnLog } from './own-log.ts';
import type { Peer, Peers } from './peers.ts';

const ANSWER_TIMEOUT_MS = 5_000;

export interface RecoveryOptions {
  readonly self: NodeId;
  readonly peers: Peers;
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  readonly vote: VoteStore;
  readonly blobs: BlobStore;
  readonly arrivals: Arrivals;
  readonly ownLog: OwnLog;
  readonly logger: Logger;
  readonly commitSeq: () => number;
  /** Runs what waits for this node's own disk. */
  readonly onDisk: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

export interface RecoveryPlan {
  readonly epoch: number;
  readonly from: NodeId;
  /** Of those that promised. */
  readonly logs: readonly StatedLog[];
}

/** Returns the seqs of void records. Throws when the log could not be had from the node that has it. */
export async function recoverLog(plan: RecoveryPlan, options: RecoveryOptions, signal: AbortSignal): Promise<number[]> {
  const { log, vote, self, ownLog, onDisk } = options;
  const wasDamaged = ownLog.isDamaged;
  if (plan.from !== self) await fetchLog(plan, options, signal);
  const found = await findVoid(plan, options, signal);
  signal.throwIfAborted();
  // Last, because a mark says that what was held was looked at. Every committed record is in the chosen log: what the mark said beyond it never was.
  await onDisk(() => vote.acknowledge(log.last, { allowLower: wasDamaged }));
  return found;
}

async function fetchLog({ epoch, from, logs }: RecoveryPlan, options: RecoveryOptions, signal: AbortSignal): Promise<void> {
  const { peers, tail, log, vote, ownLog, commitSeq, logger } = options;
  const chosen = logs.find(({ node }) => node === from);
  const peer = peers.get(from);
  if (chosen === undefined || peer === undefined) throw new NetStoreError('NS_INTERNAL', `${from} has not promised`);
  const isDamaged = ownLog.isDamaged;
  const intake = new LogIntake({
    tail,
    log,
    commitSeq,
    lowerMark: (shared) =>
      !isDamaged && shared.seq < vote.current.acknowledged.seq ? vote.acknowledge(shared, { allowLower: true }) : Promise.resolve(),
  });
  logger.info({ from, toSeq: chosen.last.seq }, 'fetching the log that the epoch begins with');
  for (let nextSeq = await firstToFetch(peer, chosen, options, signal); nextSeq <= chosen.last.seq; ) {
    const { previous, records } = await askLog(peer, nextSeq, LOG_APPEND_RECORDS_BYTES_MAX, signal);
    if (records.length === 0)
      throw new NetStoreError('NS_CONFLICT', `${from} stated a log up to ${chosen.last.seq} and ends before ${nextSeq}`);
    requireChain(previous, records, epoch);
    const fresh = await intake.accept(previous, records, async () => undefined);
    signal.throwIfAborted();
    await options.onDisk(() => appendOrForget(fresh, options));
    nextSeq += records.length;
  }
}

/** Behind the end of the own log when that is part of the chosen one, else behind what is committed, which both share. */
async function firstToFetch(peer: Peer, chosen: StatedLog, { log, commitSeq }: RecoveryOptions, signal: AbortSignal): Promise<number> {
  const { last } = log;
  if (last.seq < chosen.last.seq) {
    const { previous } = await askLog(peer, last.seq + 1, 0, signal);
    if (isSameHash(previous.hash, last.hash)) return last.seq + 1;
  }
  return Math.min(commitSeq(), last.seq) + 1;
}

async function askLog(
  peer: Peer,
  fromSeq: number,
  bytesMax: number,
  signal: AbortSignal,
): Promise<{ readonly previous: LogPosition; readonly records: readonly LogRecord[] }> {
  const answer = await peer.pool.use(
    (connection) => connection.request('GET_LOG', { fromSeq, bytesMax }, 'LOG_RECORDS', { timeoutMs: ANSWER_TIMEOUT_MS, signal }),
    { signal },
  );
  return { previous: { seq: fromSeq - 1, hash: answer.prevHash }, records: parseRecords(answer.records) };
}

async function appendOrForget(fresh: readonly LogRecord[], { tail, log, vote }: RecoveryOptions): Promise<void> {
  if (fresh.length === 0) return;
  tail.push(fresh);
  try {
    await appendPastMark(fresh, log, vote);
  } catch (error) {
    tail.forgetUnwritten(fresh);
    throw error;
  }
}

/** Of the records that no promiser knows to be committed, those with a blob that two members never had and nobody asked has. */
async function findVoid({ logs }: RecoveryPlan, options: RecoveryOptions, signal: AbortSignal): Promise<number[]> {
  const { tail, log, logger } = options;
  const committedSeq = Math.max(options.commitSeq(), ...logs.map(({ commitSeq }) => commitSeq));
  const found: number[] = [];
  for (let seq = committedSeq + 1; seq <= log.last.seq; ) {
    const records = await tail.read(seq, LOG_APPEND_RECORDS_BYTES_MAX);
    for (const record of records) {
      if (await isVoid(record, logs, options, signal)) found.push(record.seq);
    }
    seq += Math.max(1, records.length);
  }
  if (found.length > 0) logger.warn({ seqs: found }, 'records that were never committed are void: no member has their blobs');
  return found;
}

async function isVoid(record: LogRecord, logs: readonly StatedLog[], options: RecoveryOptions, signal: AbortSignal): Promise<boolean> {
  const { self, blobs, arrivals } = options;
  const blobIds = blobIdsOf(record);
  if (blobIds.length === 0) return false;
  const own = await blobStatesOf(blobIds, blobs, arrivals);
  if (own.every((state) => state === 'held')) return false;
  const answers = await Promise.all(
    logs.map(async (log) => ({
      markSeq: log.mark.seq,
      states: log.node === self ? own : await askStates(log.node, blobIds, options, signal),
    })),
  );
  return isProvenVoid(record.seq, answers);
}

async function askStates(node: NodeId, blobIds: readonly BlobId[], { peers }: RecoveryOptions, signal: AbortSignal): Promise<BlobState[]> {
  const peer = peers.get(node);
  if (peer === undefined) return [];
  const states: BlobState[] = [];
  for (let at = 0; at < blobIds.length; at += BLOB_STATES_MAX) {
    const part = packBlobIds(blobIds.slice(at, at + BLOB_STATES_MAX));
    const answer = await peer.pool.use(
      (connection) => connection.request('GET_BLOB_STATES', { blobIds: part }, 'BLOB_STATES', { timeoutMs: ANSWER_TIMEOUT_MS, signal }),
      { signal },
    );
    for (const index of answer.states) states.push(BLOB_STATES[index] ?? 'damaged');
  }
  return states;
}

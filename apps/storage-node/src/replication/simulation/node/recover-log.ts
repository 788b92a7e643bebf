/** Makes a candidate's log the chosen one, and finds the void records: `recovery.ts`. */
import type { NodeId } from '@netstore/shared-types';
import type { StatedLog } from '../../core/activation.ts';
import type { BlobTrace } from '../../core/void-records.ts';
import type { Fiber, Scope } from '../world/fiber.ts';
import { AbortedError } from '../world/fiber.ts';
import type { Message, MessageName, MessageOf } from '../world/messages.ts';
import { blobIdsOf, type SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import { appendPastMark } from './append-past-mark.ts';
import type { SimBlobs } from './blobs.ts';
import { takeIn } from './log-intake.ts';
import type { NodeParts } from './node-parts.ts';
import type { SimOwnLog } from './own-log.ts';

const ANSWER_TIMEOUT_MS = 5_000;
/** Few, so that a log takes several answers. */
const RECORDS_MAX = 3;

export interface RecoveryOptions {
  readonly parts: NodeParts;
  readonly ownLog: SimOwnLog;
  readonly blobs: SimBlobs;
  /** Of the term. */
  readonly scope: Scope;
  /** Runs what waits for this node's own disk. */
  readonly onDisk: (work: Fiber) => Fiber;
}

export interface RecoveryPlan {
  readonly from: NodeId;
  readonly logs: readonly StatedLog[];
}

/** The seqs of void records. */
export function* recoverLog(plan: RecoveryPlan, options: RecoveryOptions): Fiber<number[]> {
  const { parts, ownLog, scope, onDisk } = options;
  const wasDamaged = ownLog.isDamaged;
  if (plan.from !== parts.self) yield* fetchLog(plan, options);
  parts.world.cover(plan.from === parts.self ? 'log choice: chosen, own' : "log choice: chosen, another's");
  if (wasDamaged) parts.world.cover('recovery: own log was damaged');
  const found = yield* findVoid(plan, options);
  if (scope.isAborted) throw new AbortedError('the term has ended');
  yield* onDisk(parts.vote.acknowledge(parts.log.last, { allowLower: wasDamaged }));
  return found;
}

function* fetchLog({ from, logs }: RecoveryPlan, options: RecoveryOptions): Fiber {
  const { parts, ownLog, scope, onDisk } = options;
  const { vote, world } = parts;
  const chosen = logs.find(({ node }) => node === from);
  if (chosen === undefined) throw new SimError('NS_INTERNAL', `${from} has not promised`);
  const isDamaged = ownLog.isDamaged;
  const lowerMark = function* (shared: { seq: number; hash: string }): Fiber {
    if (world.rules.mayLowerMark(isDamaged) && shared.seq < vote.current.mark.seq) yield* vote.acknowledge(shared, { allowLower: true });
  };
  const intake = { parts, lowerMark, settled: nothing };
  for (let nextSeq = yield* firstToFetch(chosen, parts); nextSeq <= chosen.last.seq; ) {
    const answer = yield* ask(parts, from, { name: 'GET_LOG', fromSeq: nextSeq, countMax: RECORDS_MAX }, 'LOG_RECORDS');
    if (answer.records.length === 0) throw new SimError('NS_CONFLICT', `${from} ends before ${nextSeq}`);
    const fresh = yield* takeIn(answer.previous, answer.records, intake);
    if (scope.isAborted) throw new AbortedError('the term has ended');
    yield* onDisk(appendOrForget(fresh, parts));
    nextSeq += answer.records.length;
  }
}

/** Behind the end of the own log when that is part of the chosen one, else behind what is committed. */
function* firstToFetch({ node, last: chosenLast }: StatedLog, parts: NodeParts): Fiber<number> {
  const { last } = parts.log;
  if (last.seq < chosenLast.seq) {
    const { previous } = yield* ask(parts, node, { name: 'GET_LOG', fromSeq: last.seq + 1, countMax: 0 }, 'LOG_RECORDS');
    if (previous.hash === last.hash) return last.seq + 1;
  }
  return Math.min(parts.core.commitSeq, last.seq) + 1;
}

function* appendOrForget(fresh: readonly SimRecord[], parts: NodeParts): Fiber {
  const { tail } = parts;
  if (fresh.length === 0) return;
  tail.push(fresh);
  try {
    yield* appendPastMark(fresh, parts);
  } catch (error) {
    tail.forgetUnwritten(fresh);
    throw error;
  }
}

function* findVoid({ logs }: RecoveryPlan, options: RecoveryOptions): Fiber<number[]> {
  const { tail, log, core, world } = options.parts;
  const committedSeq = Math.max(core.commitSeq, ...logs.map(({ commitSeq }) => commitSeq));
  const found: number[] = [];
  for (const record of tail.read(committedSeq + 1, log.last.seq - committedSeq)) {
    if (yield* isVoid(record, logs, options)) found.push(record.seq);
  }
  if (found.length > 0) world.cover('records declared void', found.length);
  return found;
}

function* isVoid(record: SimRecord, logs: readonly StatedLog[], { parts, blobs }: RecoveryOptions): Fiber<boolean> {
  const blobIds = blobIdsOf(record);
  if (blobIds.length === 0) return false;
  const own = yield* blobs.statesOf(blobIds);
  if (own.every((state) => state === 'held')) return false;
  const answers: { markSeq: number; states: readonly BlobTrace[] }[] = [];
  for (const { node, mark } of logs) {
    const states = node === parts.self ? own : (yield* ask(parts, node, { name: 'GET_BLOB_STATES', blobIds }, 'BLOB_STATES')).states;
    answers.push({ markSeq: mark.seq, states });
  }
  parts.world.cover('blobs of a record looked for');
  return parts.world.rules.isProvenVoid(record.seq, answers);
}

function* ask<Name extends MessageName>(parts: NodeParts, peer: NodeId, message: Message, answer: Name): Fiber<MessageOf<Name>> {
  const connection = yield* parts.world.network.dial(parts.end, peer, 'conversation');
  try {
    return yield* connection.request(message, answer, ANSWER_TIMEOUT_MS);
  } finally {
    connection.destroy();
  }
}

// biome-ignore lint/correctness/useYield: nothing is under way that would have to be waited for.
function* nothing(): Fiber {
  return;
}

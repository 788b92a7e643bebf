/**
 * The secondary's side of the log stream: takes appends in order, makes them durable, moves an own suffix that lost
 * aside, and acknowledges what the gate lets through.
 */
import { NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { LogAppend, LogPosition } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import { type LogRecord, parseRecords } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import { AckGate, type AckGateOptions } from './ack-gate.ts';
import { planAppend, type RecordMark } from './core/log-rules.ts';
import { isSameHash, type LogTail } from './log-tail.ts';

/** The primary sends an empty append every second when there is nothing else. */
const APPEND_TIMEOUT_MS = 10_000;

export interface FollowerHost extends Omit<AckGateOptions, 'acknowledge'> {
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  /** Throws `NS_FENCED` when the epoch is below this node's promise. */
  readonly offered: (epoch: number, from: NodeId) => Promise<void>;
  /** The log found no room: something is given up for it. */
  readonly onLogFull: () => Promise<void>;
  /** The log is the primary's up to `heldSeq`, durably. */
  readonly commitKnown: (epoch: number, commitSeq: number, heldSeq: number) => Promise<void>;
  /** Durably lowers the acknowledged position to one that both logs share. */
  readonly lowerMark: (position: LogPosition) => Promise<void>;
  /** Durably raises it, and tells how far blobs are held. See `AckGateOptions` for `uncheckedSeq`. */
  readonly acknowledge: (position: LogPosition, uncheckedSeq: number) => Promise<{ readonly heldSeq: number }>;
}

export class Follower {
  readonly #host: FollowerHost;
  readonly #connection: Connection;
  readonly #epoch: number;
  readonly #primary: NodeId;
  #gate: AckGate | undefined;
  #gating: Promise<void> = Promise.resolve();
  /** Appends that are not durable yet. */
  readonly #writing = new Set<Promise<void>>();
  #commitSeq = 0;
  #failure: unknown;

  constructor(connection: Connection, host: FollowerHost, epoch: number, primary: NodeId) {
    this.#connection = connection;
    this.#host = host;
    this.#epoch = epoch;
    this.#primary = primary;
  }

  /** The commit point moved, or missing blobs came in. */
  recheck(): void {
    this.#gate?.repeat();
  }

  /** Runs until the connection ends or the primary is fenced. Once it has settled, nothing more is written or acknowledged. */
  async run(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    try {
      for (;;) {
        const append = await this.#connection.expect('LOG_APPEND', { timeoutMs: APPEND_TIMEOUT_MS, signal });
        if (this.#failure !== undefined) throw this.#failure;
        if (append.epoch !== this.#epoch)
          throw new NetStoreError('NS_MESSAGE_UNEXPECTED', `Append of epoch ${append.epoch} on a stream of epoch ${this.#epoch}`);
        await this.#host.offered(append.epoch, this.#primary);
        await this.#take(append, until);
      }
    } catch (error) {
      const reason = toNetStoreError(this.#failure ?? error);
      if (reason.code === 'NS_DISK_FULL') await this.#host.onLogFull();
      throw reason;
    } finally {
      ended.abort();
      await Promise.all(this.#writing);
      await this.#gating;
    }
  }

  async #take(append: LogAppend, signal: AbortSignal): Promise<void> {
    const records = parseRecords(append.records);
    checkChain(append, records);
    const { tail } = this.#host;
    const plan = planAppend({
      previous: await this.#compare(append.prevSeq, append.prevHash),
      records: await Promise.all(
        records.map(async (record): Promise<RecordMark> => ({ seq: record.seq, own: await this.#compare(record.seq, record.hash) })),
      ),
      lastSeq: tail.last.seq,
      commitSeq: this.#host.commitSeq(),
    });
    if (plan.kind === 'gap')
      throw new NetStoreError('NS_CONFLICT', `Append continues record ${append.prevSeq}, this log ends at ${tail.last.seq}`);
    if (plan.kind === 'contradiction') {
      throw new NetStoreError(
        'NS_LOG_DAMAGED',
        `Append contradicts record ${plan.seq}, which is committed here: one of the two nodes has a log of another history`,
      );
    }
    if (plan.setAsideFrom !== null) await this.#setAside(plan.setAsideFrom);
    this.#commitSeq = append.commitSeq;
    this.#write(records.slice(plan.skip), append.prevSeq + records.length, signal);
  }

  async #compare(seq: number, hash: Uint8Array): Promise<RecordMark['own']> {
    const own = await this.#host.tail.positionAt(seq);
    if (own === undefined) return 'absent';
    return isSameHash(own.hash, hash) ? 'same' : 'different';
  }

  async #setAside(fromSeq: number): Promise<void> {
    await Promise.all(this.#writing);
    const { tail, log, lowerMark } = this.#host;
    const shared = await tail.positionAt(fromSeq - 1);
    if (shared === undefined) throw new NetStoreError('NS_LOG_DAMAGED', `Log has no record ${fromSeq - 1}`);
    // First the mark, then the log: a crash between the two leaves a tail that was never acknowledged.
    await lowerMark(shared);
    await log.setAside(fromSeq);
    tail.truncate(fromSeq);
  }

  #write(fresh: readonly LogRecord[], matchedSeq: number, signal: AbortSignal): void {
    const { tail, log } = this.#host;
    tail.push(fresh);
    const writing = (fresh.length === 0 ? Promise.all(this.#writing) : log.append(fresh)).then(() => this.#durable(matchedSeq, signal));
    const tracked = writing
      .catch((error: unknown) => {
        this.#failure ??= error;
        if (fresh[0] !== undefined) tail.truncate(fresh[0].seq);
        this.#connection.destroy(toNetStoreError(error));
      })
      .finally(() => this.#writing.delete(tracked));
    this.#writing.add(tracked);
  }

  async #durable(matchedSeq: number, signal: AbortSignal): Promise<void> {
    const host = this.#host;
    await host.commitKnown(this.#epoch, this.#commitSeq, matchedSeq);
    if (this.#gate === undefined) {
      const gate = new AckGate({ ...host, acknowledge: (seq, uncheckedSeq) => this.#acknowledge(seq, uncheckedSeq) }, matchedSeq);
      this.#gate = gate;
      this.#gating = gate.run(signal).catch((error: unknown) => this.#connection.destroy(toNetStoreError(error)));
    }
    this.#gate.advance(matchedSeq);
    this.#gate.repeat();
  }

  async #acknowledge(seq: number, uncheckedSeq: number): Promise<void> {
    const position = await this.#host.tail.positionAt(seq);
    if (position === undefined) throw new NetStoreError('NS_LOG_DAMAGED', `Log has no record ${seq}`);
    const { heldSeq } = await this.#host.acknowledge(position, uncheckedSeq);
    await this.#connection.send('LOG_ACK', { epoch: this.#epoch, acknowledged: position, heldSeq: Math.min(heldSeq, seq) });
  }
}

function checkChain(append: LogAppend, records: readonly LogRecord[]): void {
  let previous: { readonly seq: number; readonly hash: Uint8Array } = { seq: append.prevSeq, hash: append.prevHash };
  for (const record of records) {
    const isNext = record.seq === previous.seq + 1 && isSameHash(record.previous, previous.hash) && record.epoch <= append.epoch;
    if (!isNext)
      throw new NetStoreError(
        'NS_FRAME_MALFORMED',
        `Record ${record.seq} of epoch ${record.epoch} does not continue record ${previous.seq}`,
      );
    previous = record;
  }
}

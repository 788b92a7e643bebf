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
import { LogIntake, requireChain } from './log-intake.ts';
import type { LogTail } from './log-tail.ts';

/** The primary sends an empty append every second when there is nothing else. */
const APPEND_TIMEOUT_MS = 10_000;

export interface FollowerHost extends Omit<AckGateOptions, 'acknowledge' | 'epoch'> {
  readonly tail: LogTail;
  /** Durable on return. */
  readonly append: (records: readonly LogRecord[]) => Promise<void>;
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
  readonly #intake: LogIntake;
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
    this.#intake = new LogIntake(host);
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
    const previous = { seq: append.prevSeq, hash: append.prevHash };
    requireChain(previous, records, append.epoch);
    const fresh = await this.#intake.accept(previous, records, () => Promise.all(this.#writing));
    this.#commitSeq = append.commitSeq;
    this.#write(fresh, append.prevSeq + records.length, signal);
  }

  #write(fresh: readonly LogRecord[], matchedSeq: number, signal: AbortSignal): void {
    const { tail, append } = this.#host;
    tail.push(fresh);
    const writing = (fresh.length === 0 ? this.#settleWrites() : append(fresh)).then(() => this.#durable(matchedSeq, signal));
    const tracked = writing
      .catch((error: unknown) => {
        this.#failure ??= error;
        tail.forgetUnwritten(fresh);
        this.#connection.destroy(toNetStoreError(error));
      })
      .finally(() => this.#writing.delete(tracked));
    this.#writing.add(tracked);
  }

  /** Rejects when one of them failed: the log is not the primary's then, however far this append says it is. */
  async #settleWrites(): Promise<void> {
    await Promise.all(this.#writing);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #durable(matchedSeq: number, signal: AbortSignal): Promise<void> {
    const host = this.#host;
    await host.commitKnown(this.#epoch, this.#commitSeq, matchedSeq);
    if (this.#gate === undefined) {
      const gate = new AckGate(
        { ...host, epoch: this.#epoch, acknowledge: (seq, uncheckedSeq) => this.#acknowledge(seq, uncheckedSeq) },
        matchedSeq,
      );
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

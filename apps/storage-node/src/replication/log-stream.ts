/**
 * The log stream from the primary to one secondary: appends in flight up to the window, cumulative acknowledgements with
 * hashes. It starts where the two logs last agree.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@netstore/service-kit';
import { type ErrorCode, NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import { LOG_WINDOW_BYTES, type LogAck, type LogPosition } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import { promisedEpochOf } from './control-link.ts';
import { firstSeqToSend } from './core/log-rules.ts';
import type { AskedDisk } from './disk-trust.ts';
import { isSameHash, type LogTail } from './log-tail.ts';
import type { Peer } from './peers.ts';
import { Pulse } from './pulse.ts';

/** Encoded records in one append. */
const APPEND_BYTES_MAX = 512 * 1024;
/** An empty append when nothing else was sent for so long. */
const IDLE_MS = 1_000;
/** The secondary answers every append, also an empty one. */
const ACK_TIMEOUT_MS = 10_000;
const OPEN_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;

/** Not to be healed by trying again. */
const SPLIT: ReadonlySet<ErrorCode> = new Set(['NS_CONFLICT', 'NS_LOG_DAMAGED']);

export interface LogStreamOptions {
  readonly self: NodeId;
  readonly epoch: number;
  readonly peer: Peer;
  readonly tail: LogTail;
  readonly commit: () => number;
  readonly ask: (connection: Connection) => AskedDisk;
  /** The secondary answered, on a disk of this generation: what is acknowledged from now on is on it. */
  readonly onOpened: (disk: AskedDisk, generation: number) => void;
  /** The secondary holds this node's log up to `seq`: the hashes were compared. */
  readonly onAcknowledged: (seq: number, heldSeq: number) => void;
  readonly onFenced: (epoch: number) => void;
  readonly logger: Logger;
}

export class LogStream {
  readonly #options: LogStreamOptions;
  readonly #changed = new Pulse();
  #nextSeq = 0;
  /** Last seq and size of each append that was not acknowledged yet. */
  #inFlight: { readonly seq: number; readonly bytes: number }[] = [];
  #sentCommitSeq = 0;

  constructor(options: LogStreamOptions) {
    this.#options = options;
  }

  /** Records were added or the commit point moved. */
  notify(): void {
    this.#changed.notify();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { peer, logger } = this.#options;
    while (!signal.aborted) {
      try {
        await using connection = await peer.dial('log', signal);
        await this.#stream(connection, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toNetStoreError(thrown);
        if (error.code === 'NS_FENCED') this.#options.onFenced(promisedEpochOf(error));
        if (SPLIT.has(error.code))
          logger.error({ peer: peer.id, code: error.code, reason: error.message }, 'the logs of two nodes contradict each other');
        else logger.debug({ peer: peer.id, code: error.code, reason: error.message }, 'log stream ended');
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #stream(connection: Connection, signal: AbortSignal): Promise<void> {
    this.#nextSeq = await this.#openOrTell(connection, signal);
    this.#inFlight = [];
    this.#options.logger.info({ peer: this.#options.peer.id, fromSeq: this.#nextSeq }, 'log stream is open');
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    const sides = [this.#sendAppends(connection, until), this.#receiveAcks(connection, until)];
    try {
      await Promise.race(sides);
    } finally {
      ended.abort();
      // What is still being sent here would be counted in the next stream.
      connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'The log stream has ended'));
      await Promise.allSettled(sides);
    }
  }

  /** A secondary whose log ends before this one begins has to hear why nothing comes: it needs a snapshot. */
  async #openOrTell(connection: Connection, signal: AbortSignal): Promise<number> {
    try {
      const nextSeq = await this.#open(connection, signal);
      if (nextSeq <= this.#options.tail.last.seq) await this.#options.tail.read(nextSeq, 0);
      return nextSeq;
    } catch (error) {
      if (error instanceof NetStoreError && error.code === 'NS_LOG_COMPACTED') await connection.fail(error);
      throw error;
    }
  }

  /** The first seq to send. */
  async #open(connection: Connection, signal: AbortSignal): Promise<number> {
    const { epoch, self, tail, commit } = this.#options;
    const position = await tail.positionAt(commit());
    const disk = this.#options.ask(connection);
    const answer = await connection.request('LOG_OPEN', { epoch, primary: self, commit: position as LogPosition }, 'LOG_POSITION', {
      timeoutMs: OPEN_TIMEOUT_MS,
      signal,
    });
    this.#options.onOpened(disk, answer.generation);
    const isCommitOurs = await this.#isOurs(answer.commit);
    if (!isCommitOurs) {
      throw new NetStoreError(
        'NS_CONFLICT',
        `${this.#options.peer.id} has committed record ${answer.commit.seq}, which this node's log does not have`,
      );
    }
    return firstSeqToSend({ lastSeq: answer.last.seq, isLastOurs: await this.#isOurs(answer.last), commitSeq: answer.commit.seq });
  }

  async #isOurs(position: LogPosition): Promise<boolean> {
    const own = await this.#options.tail.positionAt(position.seq);
    return own !== undefined && isSameHash(own.hash, position.hash);
  }

  async #sendAppends(connection: Connection, signal: AbortSignal): Promise<void> {
    let isFirst = true;
    while (!signal.aborted) {
      const { count } = this.#changed;
      const hasNews = this.#nextSeq <= this.#options.tail.last.seq || this.#sentCommitSeq < this.#options.commit() || isFirst;
      if (hasNews && this.#hasRoom) {
        await this.#sendOne(connection, APPEND_BYTES_MAX);
        isFirst = false;
        continue;
      }
      await this.#changed.after(count, { signal, timeoutMs: IDLE_MS });
      if (this.#changed.count === count && !signal.aborted) await this.#sendOne(connection, 0);
    }
  }

  get #hasRoom(): boolean {
    return (
      this.#inFlight.length === 0 || this.#inFlight.reduce((sum, append) => sum + append.bytes, 0) + APPEND_BYTES_MAX <= LOG_WINDOW_BYTES
    );
  }

  async #sendOne(connection: Connection, bytesMax: number): Promise<void> {
    const { tail, epoch, commit } = this.#options;
    const records = bytesMax === 0 ? [] : await tail.read(this.#nextSeq, bytesMax);
    const prevSeq = this.#nextSeq - 1;
    const previous = records[0]?.previous ?? (await tail.positionAt(prevSeq))?.hash;
    if (previous === undefined) throw new NetStoreError('NS_INTERNAL', `Log has no record ${prevSeq} any more`);
    this.#nextSeq += records.length;
    this.#sentCommitSeq = commit();
    const bytes = Buffer.concat(records.map((record) => record.encoded));
    if (records.length > 0) this.#inFlight.push({ seq: this.#nextSeq - 1, bytes: bytes.length });
    await connection.send('LOG_APPEND', { epoch, commitSeq: this.#sentCommitSeq, prevSeq, prevHash: previous, records: bytes });
  }

  async #receiveAcks(connection: Connection, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ack = await connection.expect('LOG_ACK', { timeoutMs: ACK_TIMEOUT_MS, signal });
      await this.#acknowledged(ack);
    }
  }

  async #acknowledged(ack: LogAck): Promise<void> {
    const { seq } = ack.acknowledged;
    if (ack.epoch !== this.#options.epoch || !(await this.#isOurs(ack.acknowledged))) {
      throw new NetStoreError('NS_CONFLICT', `${this.#options.peer.id} acknowledged record ${seq} of another history`);
    }
    this.#inFlight = this.#inFlight.filter((append) => append.seq > seq);
    this.#options.onAcknowledged(seq, ack.heldSeq);
    this.#changed.notify();
  }
}

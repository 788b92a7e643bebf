/** The log stream from the primary to one secondary: `LogStream`. */
import type { NodeId } from '@netstore/shared-types';
import { firstSeqToSend } from '../../core/log-rules.ts';
import type { AskedDisk } from '../../disk-trust.ts';
import type { Connection } from '../world/connection.ts';
import { AbortedError, type Fiber, type Scope, SimPulse, settled } from '../world/fiber.ts';
import type { MessageOf } from '../world/messages.ts';
import { type Position, positionOf } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import { dialPeer } from './control-link.ts';
import type { NodeParts } from './node-parts.ts';

/** Few, so that a log takes several appends: what holds between two of them is what has to be tried. */
const APPEND_RECORDS_MAX = 3;
const IN_FLIGHT_MAX = 4;
const IDLE_MS = 1_000;
const ACK_TIMEOUT_MS = 10_000;
const OPEN_TIMEOUT_MS = 5_000;
const RETRY_MS = 250;

export interface LogStreamOptions {
  readonly parts: NodeParts;
  readonly epoch: number;
  readonly peer: NodeId;
  /** Of the term. */
  readonly scope: Scope;
  /** The secondary answered, on a disk of this generation. */
  readonly onOpened: (disk: AskedDisk, generation: number) => void;
  readonly onAcknowledged: (seq: number, heldSeq: number) => void;
  readonly onFenced: (epoch: number) => void;
}

export class SimLogStream {
  readonly #options: LogStreamOptions;
  readonly #changed = new SimPulse();
  #nextSeq = 0;
  /** The last seq of each append that was not acknowledged yet. */
  #inFlight: number[] = [];
  #sentCommitSeq = 0;

  constructor(options: LogStreamOptions) {
    this.#options = options;
  }

  notify(): void {
    this.#changed.notify();
  }

  *run(): Fiber {
    const { parts, peer, scope, onFenced } = this.#options;
    while (!scope.isAborted) {
      try {
        const connection = yield* dialPeer(parts, peer, 'log');
        try {
          yield* this.#stream(connection);
        } finally {
          connection.destroy();
        }
      } catch (error) {
        if (error instanceof AbortedError || !(error instanceof SimError)) throw error;
        if (error.code === 'NS_FENCED') onFenced(error.epoch);
        parts.world.cover(`stream ended: ${error.code}`);
      }
      yield RETRY_MS;
    }
  }

  *#stream(connection: Connection): Fiber {
    const { parts, scope } = this.#options;
    this.#nextSeq = yield* this.#open(connection);
    this.#inFlight = [];
    const until = scope.inner();
    const sides = [parts.spawn(until, this.#sendAppends(connection, until)), parts.spawn(until, this.#receiveAcks(connection))];
    const first = new SimPulse();
    for (const side of sides) parts.spawn(parts.scope, tellEnd(side.done, first));
    try {
      while (sides.every((side) => !side.isDone)) yield first;
    } finally {
      until.abort();
      connection.destroy();
      for (const side of sides) yield* settled(side);
    }
    const failed = sides.find((side) => side.error instanceof SimError) ?? sides.find((side) => side.error !== undefined);
    if (failed !== undefined) throw failed.error;
  }

  /** The first seq to send. */
  *#open(connection: Connection): Fiber<number> {
    const { epoch, parts, peer } = this.#options;
    const opening = { name: 'LOG_OPEN', epoch, primary: parts.self } as const;
    const disk = parts.trust.ask(connection);
    const { last, commit, generation } = yield* connection.request(opening, 'LOG_POSITION', OPEN_TIMEOUT_MS);
    this.#options.onOpened(disk, generation);
    if (!this.#isOurs(commit))
      throw new SimError('NS_CONFLICT', `${peer} has committed record ${commit.seq}, which this log does not have`);
    const isLastOurs = this.#isOurs(last);
    parts.world.cover(isLastOurs ? 'stream goes on behind the last record' : 'stream goes back to the commit point');
    return firstSeqToSend({ lastSeq: last.seq, isLastOurs, commitSeq: commit.seq });
  }

  #isOurs(position: Position): boolean {
    return this.#options.parts.world.rules.isSamePosition(this.#options.parts.tail.positionAt(position.seq), position);
  }

  *#sendAppends(connection: Connection, until: Scope): Fiber {
    const { parts } = this.#options;
    let isFirst = true;
    let isIdleAtMs = parts.world.time.nowMs + IDLE_MS;
    while (!until.isAborted) {
      const hasNews = this.#nextSeq <= parts.tail.last.seq || this.#sentCommitSeq < parts.core.commitSeq || isFirst;
      const isIdle = parts.world.time.nowMs >= isIdleAtMs;
      if (isIdle || (hasNews && this.#inFlight.length < IN_FLIGHT_MAX)) {
        this.#sendOne(connection, hasNews && !isIdle ? APPEND_RECORDS_MAX : 0);
        isFirst = false;
        isIdleAtMs = parts.world.time.nowMs + IDLE_MS;
        // Writing to a socket takes a turn: others may run.
        yield 0;
      } else {
        yield { pulse: this.#changed, ms: isIdleAtMs - parts.world.time.nowMs };
      }
    }
  }

  #sendOne(connection: Connection, countMax: number): void {
    const { tail, core } = this.#options.parts;
    const records = tail.read(this.#nextSeq, countMax);
    const previous = tail.positionAt(this.#nextSeq - 1);
    if (previous === undefined) throw new SimError('NS_INTERNAL', `log has no record ${this.#nextSeq - 1} any more`);
    this.#nextSeq += records.length;
    this.#sentCommitSeq = core.commitSeq;
    if (records.length > 0) this.#inFlight.push(this.#nextSeq - 1);
    const { epoch } = this.#options;
    connection.send({ name: 'LOG_APPEND', epoch, commitSeq: this.#sentCommitSeq, previous: positionOf(previous), records });
  }

  *#receiveAcks(connection: Connection): Fiber {
    for (;;) this.#acknowledged(yield* connection.expect('LOG_ACK', ACK_TIMEOUT_MS));
  }

  #acknowledged({ epoch, acknowledged, heldSeq }: MessageOf<'LOG_ACK'>): void {
    const { seq } = acknowledged;
    if (epoch !== this.#options.epoch || !this.#isOurs(acknowledged))
      throw new SimError('NS_CONFLICT', `${this.#options.peer} acknowledged record ${seq} of another history`);
    this.#inFlight = this.#inFlight.filter((lastSeq) => lastSeq > seq);
    this.#options.onAcknowledged(seq, heldSeq);
    this.#changed.notify();
  }
}

function* tellEnd(done: SimPulse, first: SimPulse): Fiber {
  yield done;
  first.notify();
}

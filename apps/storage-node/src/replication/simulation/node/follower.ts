/** The secondary's side of the log stream: `Follower`. */
import type { NodeId } from '@netstore/shared-types';
import type { Connection } from '../world/connection.ts';
import { AbortedError, type Fiber, type Scope, settled, type Task } from '../world/fiber.ts';
import type { MessageOf } from '../world/messages.ts';
import type { Position, SimRecord } from '../world/record.ts';
import { codeOf, SimError } from '../world/sim-error.ts';
import { SimAckGate } from './ack-gate.ts';
import { appendPastMark } from './append-past-mark.ts';
import { takeIn } from './log-intake.ts';
import type { NodeParts } from './node-parts.ts';

const APPEND_TIMEOUT_MS = 10_000;

export interface FollowerHost {
  readonly parts: NodeParts;
  readonly commitKnown: (epoch: number, commitSeq: number, heldSeq: number) => Fiber;
  readonly lowerMark: (position: Position) => Fiber;
  readonly acknowledge: (position: Position, uncheckedSeq: number) => Fiber<number>;
  readonly holdsBlobs: (record: SimRecord) => boolean;
  readonly obtainBlobs: (record: SimRecord) => Fiber;
}

export interface Stream {
  readonly connection: Connection;
  readonly epoch: number;
  readonly primary: NodeId;
}

export class SimFollower {
  readonly #host: FollowerHost;
  readonly #stream: Stream;
  readonly #scope: Scope;
  #gate: SimAckGate | undefined;
  readonly #gating: Task<void>[] = [];
  readonly #writing = new Set<Task<void>>();
  #commitSeq = 0;
  #failure: unknown;

  constructor(stream: Stream, host: FollowerHost) {
    this.#stream = stream;
    this.#host = host;
    this.#scope = host.parts.scope.inner();
  }

  recheck(): void {
    this.#gate?.repeat();
  }

  /** Runs until the connection ends or the primary is fenced. Once it has settled, nothing more is written or acknowledged. */
  *run(): Fiber {
    const { connection, epoch, primary } = this.#stream;
    try {
      for (;;) {
        const append = yield* connection.expect('LOG_APPEND', APPEND_TIMEOUT_MS);
        if (this.#failure !== undefined) throw this.#failure;
        if (append.epoch !== epoch) throw new SimError('NS_MESSAGE_UNEXPECTED', `append of epoch ${append.epoch} on a stream of ${epoch}`);
        yield* this.#host.parts.step({ kind: 'offered', epoch: append.epoch, from: primary });
        yield* this.#take(append);
      }
    } finally {
      this.#scope.abort();
      for (const task of [...this.#writing, ...this.#gating]) yield* settled(task);
    }
  }

  *#take({ previous, records, commitSeq }: MessageOf<'LOG_APPEND'>): Fiber {
    const { parts, lowerMark } = this.#host;
    const settle = this.#settleWrites.bind(this);
    const fresh = yield* takeIn(previous, records, { parts, lowerMark, settled: settle });
    this.#commitSeq = commitSeq;
    this.#write(fresh, previous.seq + records.length);
  }

  *#settleWrites(): Fiber {
    for (const task of [...this.#writing]) yield* settled(task);
  }

  #write(fresh: readonly SimRecord[], matchedSeq: number): void {
    const { spawn, scope, tail, world } = this.#host.parts;
    tail.push(fresh);
    const before = [...this.#writing];
    const writing = spawn(scope, this.#makeDurable(fresh, before, world.rules.matchedSeq(matchedSeq, tail.durableSeq)));
    this.#writing.add(writing);
    spawn(scope, this.#forget(writing));
  }

  *#forget(writing: Task<void>): Fiber {
    yield* settled(writing);
    this.#writing.delete(writing);
  }

  *#makeDurable(fresh: readonly SimRecord[], before: readonly Task<void>[], matchedSeq: number): Fiber {
    const { log, tail, world, spawn, scope } = this.#host.parts;
    try {
      if (fresh.length === 0) yield* this.#settled(before);
      else if (world.rules.isSyncedBeforeAck) yield* appendPastMark(fresh, this.#host.parts);
      else spawn(scope, log.append(fresh));
      yield* this.#durable(matchedSeq);
    } catch (error) {
      if (error instanceof AbortedError) return;
      if (!(error instanceof SimError)) throw error;
      this.#failure ??= error;
      world.cover(`append failed: ${codeOf(error)}`);
      tail.forgetUnwritten(fresh);
      this.#stream.connection.destroy();
    }
  }

  /** Throws when one of them failed. */
  *#settled(before: readonly Task<void>[]): Fiber {
    for (const task of before) yield* settled(task);
    if (this.#failure !== undefined) throw this.#failure;
  }

  *#durable(matchedSeq: number): Fiber {
    const { parts, commitKnown, holdsBlobs, obtainBlobs } = this.#host;
    const { epoch } = this.#stream;
    yield* commitKnown(epoch, this.#commitSeq, matchedSeq);
    if (this.#gate === undefined) {
      const acknowledge = this.#acknowledge.bind(this);
      const gate = new SimAckGate({ parts, epoch, scope: this.#scope, holdsBlobs, obtainBlobs, acknowledge }, matchedSeq);
      this.#gate = gate;
      for (const loop of [gate.clearAll(), gate.acknowledgeAll()]) this.#gating.push(parts.spawn(this.#scope, this.#orHangUp(loop)));
    }
    this.#gate.advance(matchedSeq);
    this.#gate.repeat();
  }

  *#orHangUp(loop: Fiber): Fiber {
    try {
      yield* loop;
    } catch (error) {
      if (error instanceof SimError) this.#stream.connection.destroy();
      else if (!(error instanceof AbortedError)) throw error;
    }
  }

  *#acknowledge(seq: number, uncheckedSeq: number): Fiber {
    const { parts, acknowledge } = this.#host;
    const own = parts.tail.positionAt(seq);
    if (own === undefined) throw new SimError('NS_LOG_DAMAGED', `log has no record ${seq}`);
    const position = { seq: own.seq, hash: own.hash };
    const heldSeq = yield* acknowledge(position, uncheckedSeq);
    this.#stream.connection.send({
      name: 'LOG_ACK',
      epoch: this.#stream.epoch,
      acknowledged: position,
      heldSeq: Math.min(heldSeq, seq),
    });
  }
}

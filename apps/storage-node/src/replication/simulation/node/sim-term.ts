/** Everything that lives for one epoch of this node as candidate and primary: `PrimaryTerm`. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { AskedDisk } from '../../disk-trust.ts';
import { type Fiber, type Scope, settled, type Task } from '../world/fiber.ts';
import type { HeartbeatAck, LogStatement } from '../world/messages.ts';
import type { SimRecord } from '../world/record.ts';
import { SimConfirmations } from './confirmations.ts';
import { runControlLink } from './control-link.ts';
import { SimLogStream } from './log-stream.ts';
import { type NodeParts, others } from './node-parts.ts';
import { SimProgress } from './sim-progress.ts';
import { SimProposals } from './sim-proposals.ts';

export interface SimTermOptions {
  readonly parts: NodeParts;
  readonly epoch: number;
  readonly append: (records: readonly SimRecord[]) => Fiber;
  readonly onPromise: (from: AskedDisk, statement: LogStatement) => Fiber;
  /** A peer answered in this epoch; whether that counts. */
  readonly onHeard: (from: AskedDisk, ack: HeartbeatAck) => boolean;
  /** A peer's log stream is open, on a disk of this generation. */
  readonly onStream: (from: AskedDisk, generation: number) => void;
  readonly onFenced: (epoch: number) => void;
  readonly onAcknowledged: (from: NodeId, disk: Incarnation | null, seq: number) => void;
}

export class SimTerm {
  readonly epoch: number;
  readonly scope: Scope;
  readonly proposals: SimProposals;
  readonly confirmations: SimConfirmations;
  /** NEW_EPOCH is committed and applied: operations are taken and reads are answered. */
  isServing = false;
  readonly #options: SimTermOptions;
  readonly #progress: ReadonlyMap<NodeId, SimProgress>;
  readonly #streams: SimLogStream[] = [];
  readonly #tasks: Task<void>[] = [];

  constructor(options: SimTermOptions) {
    const { parts, epoch, append } = options;
    const { world, tail, guard } = parts;
    this.#options = options;
    this.epoch = epoch;
    this.scope = parts.scope.inner();
    this.confirmations = new SimConfirmations(world.time);
    this.proposals = new SimProposals({ world, epoch, last: () => tail.last, append, start: (fiber) => void guard(fiber) });
    this.#progress = new Map(others(parts).map((peer) => [peer, new SimProgress(world.time)]));
  }

  progressOf(peer: NodeId): SimProgress | undefined {
    return this.#progress.get(peer);
  }

  /** Asks for promises and, once there are enough of them, sends heartbeats. */
  start(): void {
    const { parts, epoch, onPromise, onHeard, onFenced } = this.#options;
    for (const [peer, progress] of this.#progress) {
      const link = runControlLink({
        parts,
        epoch,
        peer,
        progress,
        confirmations: this.confirmations,
        scope: this.scope,
        onPromise,
        onHeard,
        onFenced,
      });
      this.#tasks.push(parts.spawn(this.scope, link));
    }
  }

  openStreams(): void {
    const { parts, epoch, onFenced, onStream, onAcknowledged } = this.#options;
    for (const [peer, progress] of this.#progress) {
      const stream = new SimLogStream({
        parts,
        epoch,
        peer,
        scope: this.scope,
        onFenced,
        onOpened: (disk, generation) => {
          progress.streamOpened(disk.incarnation);
          onStream(disk, generation);
        },
        onAcknowledged: (seq, heldSeq) => {
          progress.acknowledged(seq, heldSeq);
          onAcknowledged(peer, progress.incarnation, seq);
        },
      });
      this.#streams.push(stream);
      this.#tasks.push(parts.spawn(this.scope, stream.run()));
    }
  }

  notifyStreams(): void {
    for (const stream of this.#streams) stream.notify();
  }

  /** Ends it at once; returns what waits for its end. */
  close(): Fiber {
    this.isServing = false;
    this.proposals.close();
    this.confirmations.close();
    this.scope.abort();
    return settleAll(this.#tasks);
  }
}

function* settleAll(tasks: readonly Task<void>[]): Fiber {
  for (const task of tasks) yield* settled(task);
}

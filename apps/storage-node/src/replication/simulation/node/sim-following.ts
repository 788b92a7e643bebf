/** What a secondary does for the primary of the moment: `Following`. */
import type { NodeId } from '@netstore/shared-types';
import { heldUpTo } from '../../core/held.ts';
import type { Connection } from '../world/connection.ts';
import { type Fiber, settled, type Task } from '../world/fiber.ts';
import type { LogStatement } from '../world/messages.ts';
import { type Position, positionOf, type SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { SimBlobs } from './blobs.ts';
import { type FollowerHost, SimFollower, type Stream } from './follower.ts';
import type { NodeParts } from './node-parts.ts';
import type { SimOwnLog } from './own-log.ts';
import type { SimApplier } from './sim-applier.ts';

const OPEN_TIMEOUT_MS = 5_000;
const RETRY_MS = 500;

export interface SimFollowingOptions {
  readonly parts: NodeParts;
  readonly ownLog: SimOwnLog;
  readonly applier: SimApplier;
  readonly blobs: SimBlobs;
}

interface Reception {
  readonly epoch: number;
  readonly connection: Connection;
  readonly task: Task<void>;
}

export class SimFollowing {
  readonly #options: SimFollowingOptions;
  readonly #promisedAtStart: number;
  #current: Reception | undefined;
  #follower: SimFollower | undefined;

  constructor(options: SimFollowingOptions) {
    this.#options = options;
    this.#promisedAtStart = options.parts.vote.current.epoch;
  }

  /** Serves one log stream until it ends. A new stream ends the one before. */
  *serve(connection: Connection): Fiber {
    const { parts } = this.#options;
    const { epoch, primary } = yield* connection.expect('LOG_OPEN', OPEN_TIMEOUT_MS);
    yield* parts.step({ kind: 'offered', epoch, from: primary });
    const before = this.#current;
    before?.connection.destroy();
    const task = parts.spawn(parts.scope, this.#receive({ connection, epoch, primary }, before));
    const current = { epoch, connection, task };
    this.#current = current;
    yield* settled(task);
    if (this.#current === current) this.#current = undefined;
    if (task.error !== undefined) throw task.error;
  }

  *#receive(stream: Stream, before: Reception | undefined): Fiber {
    const { parts, ownLog } = this.#options;
    if (before !== undefined) yield* settled(before.task);
    const follower = new SimFollower(stream, this.#host(stream.epoch));
    stream.connection.send({
      name: 'LOG_POSITION',
      last: positionOf(parts.tail.last),
      commit: ownLog.committed,
      generation: parts.vote.current.generation,
    });
    this.#follower = follower;
    try {
      yield* follower.run();
    } finally {
      this.#follower = undefined;
    }
  }

  /** Ends what is received from a primary of a lower epoch. */
  *endBelow(epoch: number): Fiber {
    const current = this.#current;
    if (current === undefined || current.epoch >= epoch) return;
    current.connection.destroy();
    yield* settled(current.task);
  }

  recheck(): void {
    this.#follower?.recheck();
  }

  /** What this node says when it promises. */
  *promise(epoch: number, candidate: NodeId): Fiber<LogStatement> {
    const { parts, ownLog } = this.#options;
    yield* parts.step({ kind: 'offered', epoch, from: candidate });
    if (parts.world.rules.isPromiseCheckedAgain) yield* parts.step({ kind: 'offered', epoch, from: candidate });
    return ownLog.state;
  }

  #host(epoch: number): FollowerHost {
    const { parts, ownLog, applier, blobs } = this.#options;
    const { vote, log, step, world } = parts;
    let isMarkLost = ownLog.isDamaged;
    const promisedAtStart = this.#promisedAtStart;
    return {
      parts,
      commitKnown: function* (ofEpoch, seq, heldSeq) {
        yield* step({ kind: 'logged', seq: log.last.seq, epoch: log.lastEpoch });
        // The record that opened the epoch may say that some before it are void.
        if (!world.rules.isCommitKnown(log.lastEpoch, ofEpoch))
          return world.cover('commit point waits for the record that opened the epoch');
        yield* step({ kind: 'commit-known', epoch: ofEpoch, commitSeq: seq, heldSeq });
      },
      lowerMark: function* (shared) {
        if (world.rules.mayLowerMark(isMarkLost) && shared.seq < vote.current.mark.seq)
          yield* vote.acknowledge(shared, { allowLower: true });
      },
      acknowledge: function* (acknowledged, uncheckedSeq) {
        if (isMarkLost)
          isMarkLost = !(yield* restoreMark(parts, acknowledged, { epoch, isLater: world.rules.isLaterThanMark(epoch, promisedAtStart) }));
        else if (log.lastEpoch >= epoch && acknowledged.seq > vote.current.mark.seq) yield* vote.acknowledge(acknowledged);
        world.checker.acknowledging(parts, acknowledged, epoch);
        return heldUpTo({ clearedSeq: acknowledged.seq, uncheckedSeq, appliedSeq: applier.appliedSeq, debt: applier.debt });
      },
      holdsBlobs: (record) => applier.lacking(record).length === 0,
      obtainBlobs: (record) => obtain(record, applier, blobs),
    };
  }
}

/** Whether the mark is true again. `isLater`: the epoch is later than the mark. */
function* restoreMark(
  { vote, log, world }: NodeParts,
  acknowledged: Position,
  { epoch, isLater }: { epoch: number; isLater: boolean },
): Fiber<boolean> {
  if (acknowledged.seq < vote.current.mark.seq && !(isLater && log.lastEpoch >= epoch)) return false;
  yield* vote.acknowledge(acknowledged, { allowLower: true });
  world.cover('damaged mark restored');
  return true;
}

function* obtain(record: SimRecord, applier: SimApplier, blobs: SimBlobs): Fiber {
  for (;;) {
    const [blobId] = applier.lacking(record);
    if (blobId === undefined) return;
    yield* blobs.settled(blobId);
    try {
      if (!blobs.holds(blobId)) yield* blobs.fetch(blobId);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      yield RETRY_MS;
    }
  }
}

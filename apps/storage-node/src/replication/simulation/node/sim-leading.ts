/** What a node does as candidate and primary: `Leading`. */
import type { NodeId } from '@netstore/shared-types';
import type { AskedDisk } from '../../disk-trust.ts';
import { AbortedError, type Fiber, settled, type Task } from '../world/fiber.ts';
import type { LogStatement } from '../world/messages.ts';
import type { SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { SimBlobs } from './blobs.ts';
import { giveWay } from './give-way.ts';
import type { NodeParts } from './node-parts.ts';
import { type SimOwnLog, statedLog } from './own-log.ts';
import { type RecoveryPlan, recoverLog } from './recover-log.ts';
import { SimJoining } from './sim-joining.ts';
import { SimTerm } from './sim-term.ts';

const SYNC_MS_MAX = 2_000;

export interface SimLeadingOptions {
  readonly parts: NodeParts;
  readonly ownLog: SimOwnLog;
  readonly blobs: SimBlobs;
}

export class SimLeading {
  readonly joining: SimJoining;
  readonly #options: SimLeadingOptions;
  #term: SimTerm | undefined;
  #void: readonly number[] = [];
  #recovering: Task<void> | undefined;
  #appending: Task<void> | undefined;
  #onDiskSinceMs: number | undefined;
  #closing: Task<void> | undefined;

  constructor(options: SimLeadingOptions) {
    this.#options = options;
    this.joining = new SimJoining(options.parts);
  }

  get term(): SimTerm | undefined {
    return this.#term;
  }

  get isStalled(): boolean {
    return this.#onDiskSinceMs !== undefined && this.#options.parts.world.time.nowMs - this.#onDiskSinceMs > SYNC_MS_MAX;
  }

  /** Asks the others for their promise. */
  begin(epoch: number): void {
    const { parts } = this.#options;
    const { world, step, guard, trust, members } = parts;
    if (this.#term !== undefined) this.end();
    this.#term = new SimTerm({
      parts,
      epoch,
      append: (records) => this.#append(records),
      onPromise: (from, statement) => this.#promised(epoch, from, statement),
      onHeard: (disk, { generation, appliedSeq, isDiskFull }) => {
        const { nodeId: from, incarnation } = disk;
        members.see(from, incarnation);
        const isCounted = trust.isTrusted(disk, generation) && world.rules.counts(members, from, incarnation);
        if (isCounted) guard(step({ kind: 'heard', from, epoch, appliedSeq, isDiskFull }));
        return isCounted;
      },
      onStream: (disk, generation) => {
        trust.isTrusted(disk, generation);
        guard(step({ kind: 'stream-opened', from: disk.nodeId }));
      },
      onFenced: (seen) => void guard(step({ kind: 'fenced', epoch: seen, of: epoch })),
      onAcknowledged: (from, disk, seq) => {
        if (world.rules.counts(members, from, disk)) guard(step({ kind: 'acknowledged', from, epoch, seq }));
      },
    });
    this.#term.start();
  }

  *#promised(epoch: number, disk: AskedDisk, statement: LogStatement): Fiber {
    const { members, trust, step, world } = this.#options.parts;
    const { nodeId: from, incarnation } = disk;
    const isVoter = trust.isTrusted(disk, statement.generation) && world.rules.isVoter(members, from, incarnation);
    if (!isVoter) return;
    world.checker.promiseCounted(from, incarnation);
    yield* step({ kind: 'promised', epoch, log: statedLog(from, statement) });
  }

  /** Makes this node's log the chosen one. */
  recover(epoch: number, plan: RecoveryPlan): void {
    this.#recovering = this.#options.parts.guard(this.#recover(epoch, plan));
  }

  *#recover(epoch: number, plan: RecoveryPlan): Fiber {
    const { log, step, tellMembers, world } = this.#options.parts;
    const term = this.#term;
    if (term === undefined) return yield* step({ kind: 'recovery-failed', epoch, reason: 'the epoch has ended' });
    try {
      this.#void = yield* recoverLog(plan, { ...this.#options, scope: term.scope, onDisk: (work) => this.#timed(work) });
    } catch (error) {
      if (term.scope.isAborted || error instanceof AbortedError) return;
      if (!(error instanceof SimError)) throw error;
      world.cover(`recovery failed: ${error.code}`);
      return yield* step({ kind: 'recovery-failed', epoch, reason: error.message });
    }
    if (term.scope.isAborted) return;
    yield* tellMembers();
    yield* step({ kind: 'logged', seq: log.last.seq, epoch: log.lastEpoch });
    yield* step({ kind: 'recovered', epoch });
  }

  /** A disk that does not come back from this is found by `isStalled`. */
  *#timed(work: Fiber): Fiber {
    this.#onDiskSinceMs ??= this.#options.parts.world.time.nowMs;
    try {
      yield* work;
    } finally {
      this.#onDiskSinceMs = undefined;
    }
  }

  /** Returns when the record that opens the epoch is committed and applied, or the epoch has ended. */
  *openEpoch(): Fiber {
    const { parts } = this.#options;
    const { members, nodes, self, disk, step, world } = parts;
    const term = this.#term;
    if (term === undefined || disk.incarnation === null) return;
    const own = { nodeId: self, incarnation: disk.incarnation };
    while (members.current.length === 0 && !nodes.every((node) => node === self || members.incarnationOf(node) !== undefined))
      yield members.altered;
    const full =
      members.current.length > 0
        ? members.current
        : nodes.flatMap((nodeId) =>
            nodeId === self ? [own] : [{ nodeId, incarnation: members.incarnationOf(nodeId) ?? own.incarnation }],
          );
    if (this.#term !== term) return;
    term.openStreams();
    world.checker.activating(parts, term.epoch);
    const opening = { kind: 'new-epoch', primary: self, members: full.map((member) => ({ ...member })), aborted: this.#void } as const;
    if (world.rules.isServedEarly) term.isServing = true;
    try {
      yield* term.proposals.propose(opening);
      term.isServing = this.#term === term;
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      world.cover('epoch ended before it was open');
      if (this.#term === term) yield* step({ kind: 'log-failed', reason: 'the record that opens the epoch could not be proposed' });
    }
  }

  *handOver(to: NodeId): Fiber {
    const term = this.#term;
    if (term?.isServing === true) yield* giveWay(this.#options.parts, term, to);
  }

  *#append(records: readonly SimRecord[]): Fiber {
    const appending = this.#options.parts.guard(this.#write(records));
    this.#appending = appending;
    yield* settled(appending);
  }

  *#write(records: readonly SimRecord[]): Fiber {
    const { tail, step, world } = this.#options.parts;
    const last = records.at(-1);
    if (last === undefined) return;
    tail.push(records);
    this.#term?.notifyStreams();
    try {
      yield* this.#timed(makeDurable(records, this.#options.parts));
      yield* step({ kind: 'logged', seq: last.seq, epoch: last.epoch });
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      world.cover('own log could not be written');
      tail.truncate(tail.durableSeq + 1);
      yield* step({ kind: 'log-failed', reason: 'the log could not be written' });
    }
  }

  /** Until nothing is under way of the terms that have ended. */
  *closed(): Fiber {
    if (this.#closing !== undefined) yield* settled(this.#closing);
  }

  end(): void {
    const { spawn, scope } = this.#options.parts;
    const term = this.#term;
    this.#term = undefined;
    this.#void = [];
    this.#closing = spawn(scope, this.#close([this.#closing, this.#recovering, this.#appending], term?.close()));
  }

  *#close(before: readonly (Task<void> | undefined)[], term: Fiber | undefined): Fiber {
    if (term !== undefined) yield* term;
    for (const task of before) if (task !== undefined) yield* settled(task);
  }
}

function* makeDurable(records: readonly SimRecord[], { log, vote }: NodeParts): Fiber {
  const last = records.at(-1);
  if (last === undefined) return;
  yield* log.append(records);
  yield* vote.acknowledge({ seq: last.seq, hash: last.hash });
}

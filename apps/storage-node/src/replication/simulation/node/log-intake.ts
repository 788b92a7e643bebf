/** Takes records that follow on somebody else's log into this node's: `LogIntake` around the same plan. */
import type { RecordMark } from '../../core/log-rules.ts';
import type { Fiber } from '../world/fiber.ts';
import type { Position, SimRecord } from '../world/record.ts';
import { SimError } from '../world/sim-error.ts';
import type { NodeParts } from './node-parts.ts';

export interface IntakeOptions {
  readonly parts: NodeParts;
  /** Durably lowers the acknowledged position to one that both logs share. */
  readonly lowerMark: (position: Position) => Fiber;
  /** Waits for what is being written. */
  readonly settled: () => Fiber;
}

/** Those of `records`, which follow on `previous`, that have to be appended now. */
export function* takeIn(previous: Position, records: readonly SimRecord[], options: IntakeOptions): Fiber<readonly SimRecord[]> {
  const { tail, core, world } = options.parts;
  const compare = ({ seq, hash }: Position): RecordMark['own'] => {
    const own = tail.positionAt(seq);
    if (own === undefined) return 'absent';
    return own.hash === hash ? 'same' : 'different';
  };
  const plan = world.rules.planAppend({
    previous: compare(previous),
    records: records.map((record) => ({ seq: record.seq, own: compare(record) })),
    lastSeq: tail.last.seq,
    commitSeq: core.commitSeq,
  });
  world.cover(`append: ${plan.kind}`);
  if (plan.kind === 'gap') throw new SimError('NS_CONFLICT', `append continues ${previous.seq}, this log ends at ${tail.last.seq}`);
  if (plan.kind === 'contradiction') {
    world.checker.contradiction(options.parts.self, plan.seq);
    throw new SimError('NS_LOG_DAMAGED', `append contradicts record ${plan.seq}, which is committed here`);
  }
  if (plan.setAsideFrom !== null) {
    world.cover('suffix set aside');
    yield* options.settled();
    yield* setAside(plan.setAsideFrom, options);
  }
  return records.slice(plan.skip);
}

function* setAside(fromSeq: number, { parts, lowerMark }: IntakeOptions): Fiber {
  const shared = parts.tail.positionAt(fromSeq - 1);
  if (shared === undefined) throw new SimError('NS_LOG_DAMAGED', `log has no record ${fromSeq - 1}`);
  // First the mark, then the log: a crash between the two leaves a tail that was never acknowledged.
  yield* lowerMark({ seq: shared.seq, hash: shared.hash });
  yield* parts.log.setAside(fromSeq);
  parts.tail.truncate(fromSeq);
}

/** How records come into a log that may have been damaged: `appendPastMark`. */
import type { Fiber } from '../world/fiber.ts';
import type { SimRecord } from '../world/record.ts';
import type { NodeParts } from './node-parts.ts';

/** Durable on return. The mark goes down before another record is written where it stands. */
export function* appendPastMark(records: readonly SimRecord[], { log, vote, world }: NodeParts): Fiber {
  const { seq, hash } = vote.current.mark;
  const other = records.findIndex((record) => record.seq === seq && record.hash !== hash);
  if (other === -1) return yield* log.append(records);
  world.cover('damaged log passed its mark');
  if (other > 0) yield* log.append(records.slice(0, other));
  yield* vote.acknowledge(log.last, { allowLower: true });
  yield* log.append(records.slice(other));
}

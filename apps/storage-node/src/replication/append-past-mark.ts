/** How records come into a log that may have been damaged. */
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { VoteStore } from '../membership/vote.ts';
import { isSameHash } from './log-tail.ts';

/**
 * Durable on return. A damaged log has to pass its own mark on the way. Where another record stands now than was acknowledged there, that one was never
 * committed, and the mark goes down to the record before it first: a node that found mark and log of two histories after a crash would not start any
 * more. Not sooner, because the mark says what is still to be got back.
 */
export async function appendPastMark(records: readonly LogRecord[], log: ReplicatedLog, vote: VoteStore): Promise<void> {
  const { seq, hash } = vote.current.acknowledged;
  const other = records.findIndex((record) => record.seq === seq && !isSameHash(record.hash, hash));
  if (other === -1) return log.append(records);
  if (other > 0) await log.append(records.slice(0, other));
  await vote.acknowledge(log.last, { allowLower: true });
  await log.append(records.slice(other));
}

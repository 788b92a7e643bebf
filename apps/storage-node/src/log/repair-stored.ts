/**
 * Puts records that a peer gave in the place of stored ones that went bad. Only the very records that were there fit: the hash of the
 * last one is what the next record names, and the first one names the record before.
 */
import { dirname } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { type ChainEnd, chainEndAt, chainProblem, isSameHash } from './chain.ts';
import { keepSegment } from './divergent.ts';
import type { LogRecord } from './record.ts';
import type { Recovery } from './recover-log.ts';
import { Segment } from './segment.ts';
import type { StoredLog } from './stored-log.ts';

/**
 * Durable on return; the bad files stay in divergent/. Throws `NS_CONFLICT` when the records do not fit, `NS_LOG_DAMAGED` naming the
 * record when another one that is needed cannot be read either, and `NS_DISK_FULL`; the segment in question is as it was then.
 */
export async function repairStored(log: StoredLog, records: readonly LogRecord[], place: Recovery): Promise<void> {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) return;
  await requireFit(log, records, { first, last });
  const given = new Map(records.map((record) => [record.seq, record]));
  for (const [index, segment] of log.segments.entries()) {
    if (segment.lastSeq < first.seq || segment.firstSeq > last.seq) continue;
    const whole = await wholeSegment(log, segment, given);
    const fresh = await Segment.prepare({ dir: dirname(segment.path), sizeBytes: segment.sizeBytes, records: whole }, place.durability);
    try {
      await keepSegment(place.divergentDir, segment.path, place.durability);
    } catch (error) {
      await fresh.abandon();
      throw error;
    }
    await segment.close();
    await fresh.publish(place.folder);
    await fresh.close();
    log.segments[index] = fresh;
  }
}

async function requireFit(
  log: StoredLog,
  records: readonly LogRecord[],
  { first, last }: { readonly first: LogRecord; readonly last: LogRecord },
): Promise<void> {
  if (first.seq <= log.base.position.seq)
    throw new NetStoreError('NS_LOG_COMPACTED', `Log begins with record ${log.base.position.seq + 1}, got record ${first.seq} for it`);
  const before = await endBefore(log, first.seq);
  if (before === undefined || last.seq > log.last.seq)
    throw new NetStoreError('NS_CONFLICT', `Records ${first.seq} to ${last.seq} are not of this log, which ends at ${log.last.seq}`);
  let reached = before;
  for (const record of records) {
    const problem = chainProblem(reached, record);
    if (problem !== undefined) throw new NetStoreError('NS_CONFLICT', `Records do not fit into the log: ${problem}`);
    reached = chainEndAt(record);
  }
  const expected = last.seq === log.last.seq ? log.last.hash : (await log.read(last.seq + 1, 0))[0]?.previous;
  if (expected === undefined || !isSameHash(expected, last.hash))
    throw new NetStoreError('NS_CONFLICT', `Records do not fit into the log: record ${last.seq} is not the one that stood there`);
}

/** Undefined when the log does not reach that far. */
async function endBefore(log: StoredLog, seq: number): Promise<ChainEnd | undefined> {
  const position = await log.positionAt(seq - 1);
  const epoch = log.epochAt(seq - 1);
  return position === undefined || epoch === undefined ? undefined : { position, epoch };
}

/** One record at a time, since those that are replaced may lie in sectors that cannot be read. */
async function wholeSegment(log: StoredLog, segment: Segment, given: ReadonlyMap<number, LogRecord>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let seq = segment.firstSeq; seq <= segment.lastSeq; seq += 1) {
    const record = given.get(seq) ?? (await log.read(seq, 0))[0];
    if (record === undefined) throw new NetStoreError('NS_INTERNAL', `Log has no record ${seq}`);
    records.push(record);
  }
  return records;
}

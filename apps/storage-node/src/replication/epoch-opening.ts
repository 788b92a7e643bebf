/** The record that opened the last epoch of a log: it says who led it and who the members are. */
import { decodeNewEpoch, type NewEpochPayload } from '../log/payload.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';

/** Undefined when the log is empty. */
export async function readEpochOpening(log: ReplicatedLog): Promise<NewEpochPayload | undefined> {
  if (log.epochStartSeq === 0) return undefined;
  const [record] = await log.read(log.epochStartSeq, 0);
  return record?.type === 'new-epoch' ? decodeNewEpoch(record.payload) : undefined;
}

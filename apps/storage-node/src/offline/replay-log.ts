/** Brings the copy of a catalogue forward by the log, as the node itself would have done at its next start. */
import { NetStoreError } from '@netstore/shared-types';
import type { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import { isSameHash } from '../log/chain.ts';
import type { LogRecord } from '../log/record.ts';
import type { ScannedLog } from '../log/scan-log.ts';
import { Aborted } from '../replication/aborted.ts';
import { storedRecords } from './stored-records.ts';

/** Encoded records that are applied at once. */
const GROUP_BYTES_MAX = 2 * 1024 * 1024;

/** Gives, for people, what kept it from the end of the log, and where the log contradicts the catalogue; nothing when all is well. */
export async function replayLog(copy: CatalogueCopy, scan: ScannedLog, signal: AbortSignal): Promise<string[]> {
  const { applied } = copy.opened.state;
  const firstSeq = scan.segments[0]?.firstSeq ?? 1;
  if (firstSeq > applied.seq + 1) {
    if (applied.seq === 0) return [`The log begins with record ${firstSeq}: what came before was in the catalogue alone`];
    return [`The log begins with record ${firstSeq} and the catalogue ends with ${applied.seq}: what is between them is gone`];
  }
  const aborted = await abortedBehind(scan, applied.seq, signal);
  const contradictions: string[] = [];
  let group: LogRecord[] = [];
  let groupBytes = 0;
  const applyGroup = (): void => {
    contradictions.push(...apply(copy, group, aborted));
    group = [];
    groupBytes = 0;
  };
  for await (const { record } of storedRecords(scan, Math.max(1, applied.seq), signal)) {
    if (record.seq === applied.seq) {
      if (isSameHash(record.hash, applied.hash)) continue;
      return [`Record ${record.seq} of the log is not the one that the catalogue has applied: they are not of one history`];
    }
    if (groupBytes > 0 && groupBytes + record.encoded.length > GROUP_BYTES_MAX) applyGroup();
    group.push(record);
    groupBytes += record.encoded.length;
  }
  if (group.length > 0) applyGroup();
  return contradictions;
}

/** A checkpoint that the catalogue differs from is told and then passed over: the records say what happened, whatever their sum. */
function apply(copy: CatalogueCopy, group: readonly LogRecord[], aborted: Aborted): string[] {
  try {
    copy.opened.apply(Buffer.concat(group.map(({ encoded }) => encoded)), [], aborted.among(group));
    return [];
  } catch (error) {
    if (!(error instanceof NetStoreError) || error.code !== 'NS_CATALOGUE_DAMAGED') throw error;
    const { doubtSeq } = error.details;
    if (typeof doubtSeq !== 'number') throw error;
    copy.opened.addDoubt(doubtSeq);
    return [error.message, ...apply(copy, group, aborted)];
  }
}

/** Which records have no effect is said by later ones. */
async function abortedBehind(scan: ScannedLog, appliedSeq: number, signal: AbortSignal): Promise<Aborted> {
  const aborted = new Aborted();
  for await (const { record } of storedRecords(scan, appliedSeq + 1, signal)) aborted.pushed([record]);
  return aborted;
}

/** The log: every record's checksum, the chain, the mark, and whether each record says something. */
import { toNetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import type { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import { isSameHash } from '../log/chain.ts';
import { decodeCheckpoint, decodeJoin, decodeNewEpoch, decodeOperation } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import { damageBelow, type ScannedLog } from '../log/scan-log.ts';
import { type Finding, note, problem, REPLACE_DISK, START_NODE } from './finding.ts';
import { replayLog } from './replay-log.ts';
import { storedRecords } from './stored-records.ts';

export interface LogCheck {
  readonly logDir: string;
  readonly scan: ScannedLog;
  /** What this node told others it holds. */
  readonly mark: LogPosition;
  /** What the catalogue says it has applied. */
  readonly applied: LogPosition;
}

export function* checkChain({ logDir, scan, mark, applied }: LogCheck): Generator<Finding> {
  const damage = damageBelow(scan, mark.seq);
  if (damage !== undefined) {
    const what = `Records ${damage.seq} to ${mark.seq} were acknowledged and cannot be read: ${damage.reason}`;
    yield problem(damage.path, what, { offset: damage.offset, wayOut: START_NODE });
  } else if (scan.fault !== undefined) {
    const { path, offset, reason } = scan.fault;
    yield note(path, `The log ends in a torn record at byte ${offset} (${reason}), which nobody was told of`, START_NODE);
  }
  for (const path of scan.unreachable) {
    yield damage === undefined
      ? note(path, 'It stands behind the end of the log')
      : problem(path, 'It cannot be reached, because records before it are damaged', { wayOut: START_NODE });
  }
  if (scan.hashAtMark !== undefined && !isSameHash(scan.hashAtMark, mark.hash)) {
    yield problem(logDir, `Record ${mark.seq} is not the one that was acknowledged: VOTE and log are not of one history`, {
      wayOut: REPLACE_DISK,
    });
  }
  if (applied.seq > scan.end.position.seq && damage === undefined) {
    yield problem(logDir, `The log ends with record ${scan.end.position.seq}, and the catalogue has applied ${applied.seq}`, {
      wayOut: REPLACE_DISK,
    });
  }
}

/** Calls `onRecord` with each record on the way. */
export async function* checkRecords(
  { scan, applied }: LogCheck,
  onRecord: (record: LogRecord) => void,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  for await (const { record, path, offset } of storedRecords(scan, 1, signal)) {
    if (record.seq === applied.seq && !isSameHash(record.hash, applied.hash)) {
      yield problem(path, `Record ${record.seq} is not the one that the catalogue has applied`, { offset, wayOut: REPLACE_DISK });
    }
    try {
      if (record.type === 'operation') decodeOperation(record.payload);
      if (record.type === 'new-epoch') decodeNewEpoch(record.payload);
      if (record.type === 'join') decodeJoin(record.payload);
      if (record.type === 'checkpoint') decodeCheckpoint(record.payload);
    } catch (error) {
      yield problem(path, `Record ${record.seq} is whole and cannot be understood: ${toNetStoreError(error).message}`, {
        offset,
        wayOut: REPLACE_DISK,
      });
      continue;
    }
    onRecord(record);
  }
}

/** Whether the records that the catalogue has not applied yet can be applied, and the checkpoints among them agree. */
export async function* checkReplay(copy: CatalogueCopy, { logDir, scan }: LogCheck, signal: AbortSignal): AsyncGenerator<Finding> {
  for (const what of await replayLog(copy, scan, signal)) yield problem(logDir, what, { wayOut: START_NODE });
}

/** What a start finds on the disk besides each other: the catalogue, and the log behind it. */
import { NetStoreError } from '@netstore/shared-types';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { VoteStore } from '../membership/vote.ts';
import { isSameHash } from './log-tail.ts';

const READ_BYTES = 4 * 1024 * 1024;

export interface History {
  readonly log: ReplicatedLog;
  readonly catalogue: Catalogue;
  readonly vote: VoteStore;
}

/** What the catalogue shows is committed: a log that does not contain it has lost records, or is another disk's. */
export async function requireSameHistory({ log, catalogue, vote }: History): Promise<void> {
  const { seq, hash } = catalogue.applied;
  // A damaged log gets back from the others what the catalogue shows already; the hashes are compared when it does.
  if (seq > log.last.seq && vote.current.acknowledged.seq > log.last.seq) return;
  const own = await log.positionAt(seq);
  if (own !== undefined && isSameHash(own.hash, hash)) return;
  throw new NetStoreError(
    'NS_LOG_DAMAGED',
    `The catalogue shows record ${seq}, and the log ${own === undefined ? `ends at ${log.last.seq}` : 'has another record there'}: they are not of one disk, or the log lost records. ` +
      'Nothing was changed. Move this data directory away (do not delete it) and start the node with an empty one: the others give it everything again',
  );
}

/** The records that are in the log and not applied yet, in runs. */
export async function* recordsAbove(appliedSeq: number, log: ReplicatedLog): AsyncGenerator<readonly LogRecord[]> {
  for (let seq = appliedSeq + 1; seq <= log.last.seq; ) {
    const records = await log.read(seq, READ_BYTES);
    yield records;
    seq += records.length;
  }
}

/**
 * Reads the whole log back and has bad records put right with the same records from a peer. The chain of hashes is the judge of what
 * a peer gives: another record than the one that was there does not fit.
 */
import type { Logger } from '@netstore/service-kit';
import { NetStoreError, toNetStoreError } from '@netstore/shared-types';
import { type LogRecord, parseRecords } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import type { Peer } from '../replication/peers.ts';
import type { FaultCounts } from './fault-counts.ts';

/** Read in one go, and asked of a peer at once. */
const STEP_BYTES = 1024 * 1024;
const ANSWER_TIMEOUT_MS = 10_000;

export interface LogProofOptions {
  readonly log: ReplicatedLog;
  readonly peers: readonly Peer[];
  readonly counts: FaultCounts;
  readonly logger: Logger;
  /** Others first: called between two reads. */
  readonly giveWay: () => Promise<void>;
}

/** How many records were found right or made right. Those that could not be are found again by the next proof. */
export async function proveLog({ log, peers, counts, logger, giveWay }: LogProofOptions, signal: AbortSignal): Promise<number> {
  let proven = 0;
  for (let seq = 1; seq <= log.last.seq; ) {
    const { nextSeq, bytes, bad } = await log.verify(seq, STEP_BYTES, signal);
    proven += nextSeq - seq;
    seq = nextSeq;
    counts.countBytes(bytes);
    if (bad !== undefined) {
      const badRecords = bad.lastSeq - bad.seq + 1;
      counts.countFound('record', 'scrub', badRecords);
      logger.error({ ...bad }, 'records of the log are damaged: they are asked of a peer');
      try {
        await log.repair(await recordsFromPeer(bad, peers, signal));
        counts.countRepaired('record', badRecords);
        logger.info({ seq: bad.seq, lastSeq: bad.lastSeq }, 'records of the log were put right');
      } catch (thrown) {
        signal.throwIfAborted();
        const { code, message } = toNetStoreError(thrown);
        logger.error({ seq: bad.seq, lastSeq: bad.lastSeq, code, reason: message }, 'records of the log could not be put right yet');
        proven -= badRecords;
      }
    }
    await giveWay();
  }
  return proven;
}

interface Run {
  readonly seq: number;
  readonly lastSeq: number;
}

async function recordsFromPeer({ seq, lastSeq }: Run, peers: readonly Peer[], signal: AbortSignal): Promise<LogRecord[]> {
  const reasons: string[] = [];
  for (const peer of peers) {
    try {
      return await peer.pool.use(
        async (connection) => {
          const records: LogRecord[] = [];
          for (let fromSeq = seq; fromSeq <= lastSeq; fromSeq = (records.at(-1) as LogRecord).seq + 1) {
            const answer = await connection.request('GET_LOG', { fromSeq, bytesMax: STEP_BYTES }, 'LOG_RECORDS', {
              timeoutMs: ANSWER_TIMEOUT_MS,
              signal,
            });
            const given = parseRecords(answer.records).filter((record) => record.seq <= lastSeq);
            if (given[0]?.seq !== fromSeq) throw new NetStoreError('NS_LOG_DAMAGED', `It gave no record ${fromSeq}`);
            records.push(...given);
          }
          return records;
        },
        { signal },
      );
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message } = toNetStoreError(thrown);
      reasons.push(`${peer.id}: ${code} ${message}`);
    }
  }
  throw new NetStoreError('NS_LOG_DAMAGED', `No peer gave records ${seq} to ${lastSeq}: ${reasons.join('; ')}`);
}

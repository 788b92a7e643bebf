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
}

export class LogProof {
  readonly #options: LogProofOptions;
  /** Seqs of records that were found bad and are not put right yet: they are found again by every proof, and counted once. */
  readonly #bad = new Set<number>();

  constructor(options: LogProofOptions) {
    this.#options = options;
  }

  /**
   * Reads all that the log still has; gives how many records were right or were put right. `giveWay` is called between two reads. Records that no peer
   * gives now are tried again by the next proof.
   */
  async prove(giveWay: () => Promise<void>, signal: AbortSignal): Promise<number> {
    const { log, counts } = this.#options;
    let proven = 0;
    this.#forgetLetGo();
    for (let seq = log.base.seq + 1; seq <= log.last.seq; ) {
      const { nextSeq, records, bytes, bad } = await log.verify(seq, STEP_BYTES, signal);
      counts.countBytes(bytes);
      proven += records;
      if (bad !== undefined && !(await this.#putRight(bad, signal))) proven -= bad.lastSeq - bad.seq + 1;
      seq = nextSeq;
      await giveWay();
    }
    return proven;
  }

  /** What was let go with the beginning of the log is in the catalogue: nobody needs it any more, and no fault is left of it. */
  #forgetLetGo(): void {
    const { log, counts } = this.#options;
    const gone = [...this.#bad].filter((seq) => seq <= log.base.seq);
    if (gone.length === 0) return;
    for (const seq of gone) this.#bad.delete(seq);
    const what = `${gone.length} records up to ${log.base.seq}, which the catalogue has and nobody needs any more`;
    counts.countRepaired({ kind: 'log-repaired', what, count: gone.length });
  }

  async #putRight(bad: Run, signal: AbortSignal): Promise<boolean> {
    const { log, peers, counts, logger } = this.#options;
    const seqs = Array.from({ length: bad.lastSeq - bad.seq + 1 }, (_, index) => bad.seq + index);
    const fresh = seqs.filter((seq) => !this.#bad.has(seq));
    for (const seq of fresh) this.#bad.add(seq);
    const what = `records ${bad.seq} to ${bad.lastSeq}`;
    if (fresh.length > 0) counts.countFound({ kind: 'log-damaged', finder: 'scrub', what, count: fresh.length });
    logger.error({ ...bad }, 'records of the log are damaged: they are asked of a peer');
    try {
      await log.repair(await recordsFromPeer(bad, peers, signal));
    } catch (thrown) {
      signal.throwIfAborted();
      this.#forgetLetGo();
      if (seqs.every((seq) => !this.#bad.has(seq))) return false;
      const { code, message } = toNetStoreError(thrown);
      logger.error({ seq: bad.seq, lastSeq: bad.lastSeq, code, reason: message }, 'records of the log could not be put right yet');
      return false;
    }
    for (const seq of seqs) this.#bad.delete(seq);
    counts.countRepaired({ kind: 'log-repaired', what, count: seqs.length });
    logger.info({ seq: bad.seq, lastSeq: bad.lastSeq }, 'records of the log were put right');
    return true;
  }
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

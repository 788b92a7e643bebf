/**
 * Takes records that follow on somebody else's log into this node's: passes over what is here already, moves an own suffix that
 * lost aside, and never touches what is committed. The cut is at the first record that differs, so that whatever a crash leaves is a
 * prefix of one log or of the other.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import type { LogRecord } from '../log/record.ts';
import type { ReplicatedLog } from '../log/replicated-log.ts';
import { planAppend, type RecordMark } from './core/log-rules.ts';
import { isSameHash, type LogTail } from './log-tail.ts';

/** Own records compared at once. */
const COMPARE_BYTES = 4 * 1024 * 1024;

export interface LogIntakeOptions {
  readonly tail: LogTail;
  readonly log: ReplicatedLog;
  readonly commitSeq: () => number;
  /** Durably lowers the acknowledged position to one that both logs share. */
  readonly lowerMark: (position: LogPosition) => Promise<void>;
}

export class LogIntake {
  readonly #options: LogIntakeOptions;

  constructor(options: LogIntakeOptions) {
    this.#options = options;
  }

  /**
   * Those of `records`, which follow on `previous`, that have to be appended now. `settled` waits for what is being written. Throws `NS_CONFLICT` when
   * they do not connect to this log, and `NS_LOG_DAMAGED` when they contradict what is committed.
   */
  async accept(previous: LogPosition, records: readonly LogRecord[], settled: () => Promise<unknown>): Promise<readonly LogRecord[]> {
    const { tail, commitSeq } = this.#options;
    const plan = planAppend({
      previous: await this.#compare(previous),
      records: await this.#compareAll(records),
      lastSeq: tail.last.seq,
      commitSeq: commitSeq(),
    });
    if (plan.kind === 'gap')
      throw new NetStoreError('NS_CONFLICT', `Append continues record ${previous.seq}, this log ends at ${tail.last.seq}`);
    if (plan.kind === 'contradiction') {
      throw new NetStoreError(
        'NS_LOG_DAMAGED',
        `Append contradicts record ${plan.seq}, which is committed here: one of the two nodes has a log of another history`,
      );
    }
    if (plan.setAsideFrom !== null) {
      await settled();
      await this.#setAside(plan.setAsideFrom);
    }
    return records.slice(plan.skip);
  }

  /** Own records are read in runs: one by one, each would open the log anew. */
  async #compareAll(records: readonly LogRecord[]): Promise<RecordMark[]> {
    const own = new Map<number, Uint8Array>();
    const last = Math.min(records.at(-1)?.seq ?? 0, this.#options.tail.last.seq);
    for (let seq = records[0]?.seq ?? 1; seq <= last; ) {
      const run = await this.#options.tail.read(seq, COMPARE_BYTES);
      for (const record of run) own.set(record.seq, record.hash);
      seq += Math.max(1, run.length);
    }
    return records.map(({ seq, hash }) => {
      const mine = own.get(seq);
      return { seq, own: mine === undefined ? 'absent' : isSameHash(mine, hash) ? 'same' : 'different' };
    });
  }

  async #compare({ seq, hash }: LogPosition): Promise<RecordMark['own']> {
    const own = await this.#options.tail.positionAt(seq);
    if (own === undefined) return 'absent';
    return isSameHash(own.hash, hash) ? 'same' : 'different';
  }

  async #setAside(fromSeq: number): Promise<void> {
    const { tail, log, lowerMark } = this.#options;
    const shared = await tail.positionAt(fromSeq - 1);
    if (shared === undefined) throw new NetStoreError('NS_LOG_DAMAGED', `Log has no record ${fromSeq - 1}`);
    // First the mark, then the log: a crash between the two leaves a tail that was never acknowledged.
    await lowerMark(shared);
    await log.setAside(fromSeq);
    tail.truncate(fromSeq);
  }
}

/** Throws `NS_FRAME_MALFORMED` when the records are not one chain that follows on `previous`, none of an epoch above `epochMax`. */
export function requireChain(previous: LogPosition, records: readonly LogRecord[], epochMax: number): void {
  let last = previous;
  for (const record of records) {
    const isNext = record.seq === last.seq + 1 && isSameHash(record.previous, last.hash) && record.epoch <= epochMax;
    if (!isNext) {
      throw new NetStoreError('NS_FRAME_MALFORMED', `Record ${record.seq} of epoch ${record.epoch} does not continue record ${last.seq}`);
    }
    last = record;
  }
}

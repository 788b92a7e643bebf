/**
 * Records of the log that a later epoch declared void. Which these are has to be known before they are applied, and the record that
 * says so comes behind them: so it is learned when the records come to the end of the log, and not when they are applied.
 */
import { decodeNewEpoch } from '../log/payload.ts';
import type { LogRecord } from '../log/record.ts';
import type { TailListener } from './log-tail.ts';

export class Aborted implements TailListener {
  /** By the record that says so. */
  readonly #bySeq = new Map<number, readonly number[]>();

  pushed(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.type !== 'new-epoch') continue;
      this.declared(record.seq, decodeNewEpoch(record.payload).aborted);
    }
  }

  /** The record at `seq`, which is at the end of the log now, says that these have no effect. */
  declared(seq: number, aborted: readonly number[]): void {
    if (aborted.length > 0) this.#bySeq.set(seq, aborted);
  }

  truncated(fromSeq: number): void {
    for (const seq of this.#bySeq.keys()) if (seq >= fromSeq) this.#bySeq.delete(seq);
  }

  /** Everything up to here is applied: nobody asks for it again. */
  applied(seq: number): void {
    for (const opening of this.#bySeq.keys()) if (opening <= seq) this.#bySeq.delete(opening);
  }

  /** Those of the records, by seq. */
  among(records: readonly Pick<LogRecord, 'seq'>[]): number[] {
    if (this.#bySeq.size === 0) return [];
    const aborted = new Set([...this.#bySeq.values()].flat());
    return records.flatMap(({ seq }) => (aborted.has(seq) ? [seq] : []));
  }
}

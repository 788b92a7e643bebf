/**
 * What a secondary may acknowledge: records it holds durably, and whose blobs it holds as long as they are above the
 * commit point it knows. Older missing blobs are debt and hold nothing up.
 */
import type { LogRecord } from '../log/record.ts';
import type { LogTail } from './log-tail.ts';
import { Pulse } from './pulse.ts';
import { whenAborted } from './when-aborted.ts';

/** Records looked at in one go. */
const GROUP_BYTES_MAX = 1024 * 1024;

export interface AckGateOptions {
  readonly tail: LogTail;
  readonly commitSeq: () => number;
  /** Whether every blob of the record is here now. */
  readonly holdsBlobs: (record: LogRecord) => Promise<boolean>;
  /** Waits for blobs on their way and fetches the others. Resolves when all are here; rejects only when aborted. */
  readonly obtainBlobs: (record: LogRecord, signal: AbortSignal) => Promise<void>;
  /** Everything up to `seq` may be acknowledged; up to `heldSeq` every record was seen to have its blobs. */
  readonly acknowledge: (seq: number, heldSeq: number) => Promise<void>;
}

export class AckGate {
  readonly #options: AckGateOptions;
  readonly #pulse = new Pulse();
  #durableSeq: number;
  #clearedSeq: number;
  #heldSeq: number;
  /** The record whose blobs are being obtained. */
  #obtainingSeq = 0;
  /** Say it again although nothing moved: the primary asked, or the debt changed. */
  #isRepeatWanted = true;

  constructor(options: AckGateOptions, matchedSeq: number) {
    this.#options = options;
    this.#durableSeq = matchedSeq;
    this.#clearedSeq = Math.min(matchedSeq, options.commitSeq());
    this.#heldSeq = this.#clearedSeq;
  }

  /** The log is durable, and the primary's, up to `seq`. */
  advance(seq: number): void {
    this.#durableSeq = Math.max(this.#durableSeq, seq);
    this.#pulse.notify();
  }

  /** The commit point moved. */
  recheck(): void {
    this.#pulse.notify();
  }

  repeat(): void {
    this.#isRepeatWanted = true;
    this.#pulse.notify();
  }

  async run(signal: AbortSignal): Promise<void> {
    const aborted = whenAborted(signal);
    while (!signal.aborted) {
      const changed = this.#pulse.next();
      const before = this.#clearedSeq;
      await this.#clear(signal);
      if (this.#clearedSeq > before || this.#isRepeatWanted) {
        this.#isRepeatWanted = false;
        await this.#options.acknowledge(this.#clearedSeq, this.#heldSeq);
      } else {
        await Promise.race([changed, aborted]);
      }
    }
  }

  async #clear(signal: AbortSignal): Promise<void> {
    if (this.#clearedSeq >= this.#durableSeq) return;
    for (const record of await this.#options.tail.read(this.#clearedSeq + 1, GROUP_BYTES_MAX)) {
      if (record.seq > this.#durableSeq) return;
      const isHeld = await this.#options.holdsBlobs(record);
      if (!isHeld && record.seq > this.#options.commitSeq()) {
        this.#obtain(record, signal);
        return;
      }
      if (isHeld && this.#heldSeq === record.seq - 1) this.#heldSeq = record.seq;
      this.#clearedSeq = record.seq;
    }
  }

  #obtain(record: LogRecord, signal: AbortSignal): void {
    if (this.#obtainingSeq === record.seq) return;
    this.#obtainingSeq = record.seq;
    const again = (): void => {
      this.#obtainingSeq = 0;
      this.#pulse.notify();
    };
    this.#options.obtainBlobs(record, signal).then(again, again);
  }
}

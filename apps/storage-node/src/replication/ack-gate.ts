/**
 * What a secondary may acknowledge: records it holds durably, and whose blobs it holds as long as they are above the
 * commit point it knows. Older missing blobs are debt and hold nothing up.
 */
import type { LogRecord } from '../log/record.ts';
import type { LogTail } from './log-tail.ts';
import { Pulse } from './pulse.ts';

/** Records looked at in one go. */
const GROUP_BYTES_MAX = 1024 * 1024;

export interface AckGateOptions {
  readonly tail: LogTail;
  readonly commitSeq: () => number;
  /** Of the stream. Records of earlier epochs were judged when it was opened: their missing blobs are debt and hold nothing up. */
  readonly epoch: number;
  /** Whether every blob of the record is here now. */
  readonly holdsBlobs: (record: LogRecord) => Promise<boolean>;
  /** Waits for blobs on their way and fetches the others. Resolves when all are here; rejects when aborted. */
  readonly obtainBlobs: (record: LogRecord, signal: AbortSignal) => Promise<void>;
  /** Everything up to `seq` may be acknowledged. Records above `uncheckedSeq` were all seen to have their blobs, those below perhaps not. */
  readonly acknowledge: (seq: number, uncheckedSeq: number) => Promise<void>;
}

export class AckGate {
  readonly #options: AckGateOptions;
  readonly #pulse = new Pulse();
  #durableSeq: number;
  #clearedSeq: number;
  /** The last record that was let through because others had committed it, without its blobs having been seen here. */
  #uncheckedSeq: number;
  /** Say it again although nothing moved: the primary asked, or the debt changed. */
  #isRepeatWanted = true;

  constructor(options: AckGateOptions, matchedSeq: number) {
    this.#options = options;
    this.#durableSeq = matchedSeq;
    this.#clearedSeq = Math.min(matchedSeq, options.commitSeq());
    this.#uncheckedSeq = this.#clearedSeq;
  }

  /** The log is durable, and the primary's, up to `seq`. */
  advance(seq: number): void {
    this.#durableSeq = Math.max(this.#durableSeq, seq);
    this.#pulse.notify();
  }

  /** The primary asked, the commit point moved, or missing blobs came in. */
  repeat(): void {
    this.#isRepeatWanted = true;
    this.#pulse.notify();
  }

  /**
   * Runs until aborted; rejects when nothing more can be acknowledged. Looking at blobs and answering go on side by side: a record of
   * many thousand blobs must not make this node look dead.
   */
  async run(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    const loops = [this.#clearAll(until), this.#acknowledgeAll(until)];
    try {
      await Promise.all(loops);
    } finally {
      ended.abort();
      await Promise.allSettled(loops);
    }
  }

  async #acknowledgeAll(signal: AbortSignal): Promise<void> {
    let saidSeq = -1;
    while (!signal.aborted) {
      const { count } = this.#pulse;
      if (this.#clearedSeq > saidSeq || this.#isRepeatWanted) {
        this.#isRepeatWanted = false;
        saidSeq = this.#clearedSeq;
        await this.#options.acknowledge(saidSeq, this.#uncheckedSeq);
      } else {
        await this.#pulse.after(count, { signal });
      }
    }
  }

  async #clearAll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { count } = this.#pulse;
      const before = this.#clearedSeq;
      if (before < this.#durableSeq) await this.#clearGroup(signal);
      if (this.#clearedSeq > before) this.#pulse.notify();
      else await this.#pulse.after(count, { signal });
    }
  }

  async #clearGroup(signal: AbortSignal): Promise<void> {
    for (const record of await this.#options.tail.read(this.#clearedSeq + 1, GROUP_BYTES_MAX)) {
      if (record.seq > this.#durableSeq) return;
      const isHeld =
        (await this.#options.holdsBlobs(record)) || (record.epoch >= this.#options.epoch && (await this.#waitForBlobs(record, signal)));
      if (signal.aborted) return;
      if (!isHeld) this.#uncheckedSeq = record.seq;
      this.#clearedSeq = record.seq;
    }
  }

  /** Until the blobs are here or others have committed the record; the blobs are then debt, and no longer waited for here. */
  async #waitForBlobs(record: LogRecord, signal: AbortSignal): Promise<boolean> {
    // What was cleared before this record is not to wait with it.
    this.#pulse.notify();
    const given = new AbortController();
    let isObtained = false;
    this.#options.obtainBlobs(record, AbortSignal.any([signal, given.signal])).then(
      () => {
        isObtained = true;
        this.#pulse.notify();
      },
      // Aborted: somebody else has a reason to look.
      () => undefined,
    );
    try {
      for (;;) {
        const { count } = this.#pulse;
        if (isObtained || signal.aborted || record.seq <= this.#options.commitSeq()) return isObtained;
        await this.#pulse.after(count, { signal });
      }
    } finally {
      given.abort();
    }
  }
}

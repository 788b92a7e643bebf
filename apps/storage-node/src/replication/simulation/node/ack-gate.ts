/** What a secondary may acknowledge: `AckGate`, line by line. */
import type { Fiber, Scope } from '../world/fiber.ts';
import { SimPulse, settled } from '../world/fiber.ts';
import type { SimRecord } from '../world/record.ts';
import type { NodeParts } from './node-parts.ts';

const GROUP_RECORDS_MAX = 4;

export interface AckGateOptions {
  readonly parts: NodeParts;
  /** Of the stream. */
  readonly epoch: number;
  readonly scope: Scope;
  readonly holdsBlobs: (record: SimRecord) => boolean;
  readonly obtainBlobs: (record: SimRecord) => Fiber;
  readonly acknowledge: (seq: number, uncheckedSeq: number) => Fiber;
}

export class SimAckGate {
  readonly #options: AckGateOptions;
  readonly #pulse = new SimPulse();
  #durableSeq: number;
  #clearedSeq: number;
  #uncheckedSeq: number;
  #isRepeatWanted = true;

  constructor(options: AckGateOptions, matchedSeq: number) {
    this.#options = options;
    this.#durableSeq = matchedSeq;
    this.#clearedSeq = Math.min(matchedSeq, options.parts.core.commitSeq);
    this.#uncheckedSeq = this.#clearedSeq;
  }

  /** The log is durable, and the primary's, up to `seq`. */
  advance(seq: number): void {
    this.#durableSeq = Math.max(this.#durableSeq, seq);
    this.#pulse.notify();
  }

  repeat(): void {
    this.#isRepeatWanted = true;
    this.#pulse.notify();
  }

  *acknowledgeAll(): Fiber {
    let saidSeq = -1;
    while (!this.#options.scope.isAborted) {
      if (this.#clearedSeq > saidSeq || this.#isRepeatWanted) {
        this.#isRepeatWanted = false;
        saidSeq = this.#clearedSeq;
        yield* this.#options.acknowledge(saidSeq, this.#uncheckedSeq);
      } else {
        yield this.#pulse;
      }
    }
  }

  *clearAll(): Fiber {
    while (!this.#options.scope.isAborted) {
      const before = this.#clearedSeq;
      if (before < this.#durableSeq) yield* this.#clearGroup();
      if (this.#clearedSeq > before) this.#pulse.notify();
      else yield this.#pulse;
    }
  }

  *#clearGroup(): Fiber {
    const { parts, epoch, holdsBlobs, scope } = this.#options;
    for (const record of parts.tail.read(this.#clearedSeq + 1, GROUP_RECORDS_MAX)) {
      if (record.seq > this.#durableSeq) return;
      const isHeld = holdsBlobs(record) || (parts.world.rules.isGated(record, epoch) && (yield* this.#waitForBlobs(record)));
      if (scope.isAborted) return;
      if (!isHeld) {
        this.#uncheckedSeq = record.seq;
        parts.world.cover('record let through without its blobs');
      }
      this.#clearedSeq = record.seq;
    }
  }

  /** Until the blobs are here or others have committed the record. */
  *#waitForBlobs(record: SimRecord): Fiber<boolean> {
    const { parts, scope, obtainBlobs } = this.#options;
    parts.world.cover('acknowledgement waited for blobs');
    this.#pulse.notify();
    const given = scope.inner();
    const obtaining = parts.spawn(given, obtainBlobs(record));
    const watching = parts.spawn(given, wakeWhenDone(obtaining.done, this.#pulse));
    try {
      for (;;) {
        const isObtained = obtaining.isDone && obtaining.error === undefined;
        if (isObtained || scope.isAborted || record.seq <= parts.core.commitSeq) return isObtained;
        yield this.#pulse;
      }
    } finally {
      given.abort();
      yield* settled(obtaining);
      yield* settled(watching);
    }
  }
}

function* wakeWhenDone(done: SimPulse, pulse: SimPulse): Fiber {
  yield done;
  pulse.notify();
}

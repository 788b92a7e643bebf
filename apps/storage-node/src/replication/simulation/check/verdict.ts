/** The first promise that was broken, if any. It ends the schedule. */
import type { TimeLine } from '../world/time-line.ts';

export interface Violation {
  /** Of the promise in docs/replication.md; 0 for what is no promise but a defect. */
  readonly invariant: number;
  readonly what: string;
  readonly atMs: number;
}

export class Verdict {
  violation: Violation | undefined;
  readonly #time: TimeLine;
  readonly #trace: (line: () => string) => void;

  constructor(time: TimeLine, trace: (line: () => string) => void) {
    this.#time = time;
    this.#trace = trace;
  }

  broken(invariant: number, what: string): void {
    this.violation ??= { invariant, what, atMs: this.#time.nowMs };
    this.#trace(() => `VIOLATION of invariant ${invariant}: ${what}`);
    this.#time.stop();
  }
}

/** Confirms that this node is still primary, for reads: `Confirmations`. */
import { type Fiber, SimPulse } from '../world/fiber.ts';
import { SimError } from '../world/sim-error.ts';
import type { TimeLine } from '../world/time-line.ts';

const CONFIRM_TIMEOUT_MS = 2_000;

export class SimConfirmations {
  readonly wanted = new SimPulse();
  readonly #time: TimeLine;
  readonly #changed = new SimPulse();
  #asked = 0;
  #confirmed = 0;
  #isClosed = false;

  constructor(time: TimeLine) {
    this.#time = time;
  }

  *confirm(): Fiber {
    this.#asked += 1;
    const own = this.#asked;
    this.wanted.notify();
    const untilMs = this.#time.nowMs + CONFIRM_TIMEOUT_MS;
    while (this.#confirmed < own) {
      if (this.#isClosed) throw new SimError('NS_NO_QUORUM', 'this node may be primary no more');
      const leftMs = untilMs - this.#time.nowMs;
      if (leftMs <= 0) throw new SimError('NS_NO_QUORUM', 'no second member confirmed in time');
      yield { pulse: this.#changed, ms: leftMs };
    }
  }

  /** A round begins: it confirms all who had asked by now. */
  begin(): number {
    return this.#asked;
  }

  isWanted(round: number): boolean {
    return this.#asked > round;
  }

  confirmed(round: number): void {
    if (round <= this.#confirmed) return;
    this.#confirmed = round;
    this.#changed.notify();
  }

  close(): void {
    this.#isClosed = true;
    this.#changed.notify();
  }
}

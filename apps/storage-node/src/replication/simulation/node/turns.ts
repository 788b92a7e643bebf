/** One after the other, in the order in which they asked. */
import { type Fiber, SimPulse } from '../world/fiber.ts';

export class Turns {
  #next = 0;
  #serving = 0;
  readonly #changed = new SimPulse();

  *take<Result>(work: Fiber<Result>): Fiber<Result> {
    const own = this.#next;
    this.#next += 1;
    while (this.#serving !== own) yield { pulse: this.#changed, isFirm: true };
    try {
      return yield* work;
    } finally {
      this.#serving += 1;
      this.#changed.notify();
    }
  }
}

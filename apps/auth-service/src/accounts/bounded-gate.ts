/** Lets a few callers work at a time and a few more wait in order; refuses the rest at once instead of queueing them. */
import { NetStoreError } from '@netstore/shared-types';

export interface GateLimits {
  readonly activeMax: number;
  readonly waitingMax: number;
  /** What a refused caller is told to wait before it tries again. */
  readonly retryAfterSeconds: number;
}

export class BoundedGate {
  readonly #limits: GateLimits;
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Throws `NS_BUSY` without calling `work` when all places are taken. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, so that nobody can slip in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#active -= 1;
      else next();
    }
  }

  async #enter(): Promise<void> {
    const { activeMax, waitingMax, retryAfterSeconds } = this.#limits;
    if (this.#active < activeMax) {
      this.#active += 1;
      return;
    }
    if (this.#waiting.length >= waitingMax) {
      throw new NetStoreError('NS_BUSY', `All ${activeMax + waitingMax} places are taken`, { details: { retryAfterSeconds } });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/**
 * Confirms that this node is still primary, for reads: one other full member has to answer in this epoch to something that was sent after
 * the read arrived. Reads that wait together share one round. No leases, no clocks.
 */
import { NetStoreError } from '@netstore/shared-types';
import { Pulse } from './pulse.ts';

const CONFIRM_TIMEOUT_MS = 2_000;

export class Confirmations {
  /** Counts those who asked; a round confirms all who had asked when it began. */
  #asked = 0;
  #confirmed = 0;
  #closed: NetStoreError | undefined;
  readonly #wanted = new Pulse();
  readonly #changed = new Pulse();

  /** Throws `NS_NO_QUORUM` when no member answers in time, and when the epoch ends. */
  async confirm(): Promise<void> {
    this.#asked += 1;
    const own = this.#asked;
    this.#wanted.notify();
    const giveUpAtMs = performance.now() + CONFIRM_TIMEOUT_MS;
    while (this.#confirmed < own) {
      const { count } = this.#changed;
      if (this.#closed !== undefined) throw this.#closed;
      const timeoutMs = giveUpAtMs - performance.now();
      if (timeoutMs <= 0)
        throw new NetStoreError('NS_NO_QUORUM', `No second member confirmed within ${CONFIRM_TIMEOUT_MS} ms that this node is primary`);
      await this.#changed.after(count, { timeoutMs });
    }
  }

  /** A round begins: give this to `confirmed` when it is answered. */
  begin(): number {
    return this.#asked;
  }

  confirmed(round: number): void {
    if (round <= this.#confirmed) return;
    this.#confirmed = round;
    this.#changed.notify();
  }

  /** Resolves when somebody has asked since `round` began, and after `timeoutMs` at the latest. */
  async wanted(round: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { count } = this.#wanted;
    if (this.#asked <= round && this.#closed === undefined) await this.#wanted.after(count, { timeoutMs, signal });
  }

  close(reason: string): void {
    this.#closed = new NetStoreError('NS_NO_QUORUM', `This node may be primary no more: ${reason}`);
    this.#changed.notify();
    this.#wanted.notify();
  }
}

/**
 * How many questions about strangers reach the auth service in a second. Nobody guesses a secret of 256 bits: what has to be kept from harm is the
 * service that would be asked about each guess.
 */
import { NetStoreError } from '@netstore/shared-types';

const PER_ADDRESS_MAX = 10;
const IN_ALL_MAX = 200;

export class QuestionLimit {
  readonly #now: () => number;
  readonly #byAddress = new Map<string, number>();
  #second = 0;
  #inAll = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws `NS_TOO_MANY_ATTEMPTS` when the second is full. */
  take(address: string): void {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#inAll = 0;
      this.#byAddress.clear();
    }
    const asked = this.#byAddress.get(address) ?? 0;
    if (asked >= PER_ADDRESS_MAX || this.#inAll >= IN_ALL_MAX) {
      throw new NetStoreError('NS_TOO_MANY_ATTEMPTS', 'Too many unknown keys: wait a second', { details: { retryAfterSeconds: 1 } });
    }
    this.#byAddress.set(address, asked + 1);
    this.#inAll += 1;
  }
}

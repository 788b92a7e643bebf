/** Puts attempts to prove something secret under two throttles: by the account they name and by the network they come from. */
import { type ErrorCode, NetStoreError } from '@netstore/shared-types';
import type { Clock } from '../clock.ts';
import { networkOf } from './client-network.ts';
import { Throttle } from './throttle.ts';

/** What says that a guess was wrong. */
const WRONG_GUESSES: ReadonlySet<ErrorCode> = new Set(['NS_BAD_CREDENTIALS', 'NS_BAD_SECOND_FACTOR', 'NS_BAD_LINK', 'NS_LINK_PASSWORD']);

export interface AttemptSource {
  /** What is being guessed at. */
  readonly account: string;
  readonly clientAddress: string;
}

export class Attempts {
  readonly #accounts: Throttle;
  readonly #networks: Throttle;

  constructor(now: Clock) {
    this.#accounts = new Throttle(now);
    this.#networks = new Throttle(now);
  }

  /**
   * `attempt` answers `undefined` for a failure. Throws `NS_TOO_MANY_ATTEMPTS` without calling it while a throttle holds.
   * An attempt that throws was not decided and counts for nothing.
   */
  async guard<Result>({ account, clientAddress }: AttemptSource, attempt: () => Promise<Result | undefined>): Promise<Result | undefined> {
    const network = networkOf(clientAddress);
    this.#accounts.check(account);
    this.#networks.check(network);
    // Counted before it is decided: otherwise a hundred guesses at once would all be the first.
    this.#accounts.fail(account);
    let result: Result | undefined;
    try {
      result = await attempt();
    } catch (error) {
      this.#accounts.withdraw(account);
      throw error;
    }
    if (result === undefined) {
      this.#accounts.restamp(account);
      this.#networks.fail(network);
    } else {
      // The network is not cleared: one own account would otherwise buy guesses at all others.
      this.#accounts.forget(account);
    }
    return result;
  }

  /** The same for attempts that throw: an error that says that a guess was wrong counts, any other for nothing. */
  async prove<Result>(source: AttemptSource, attempt: () => Promise<Result>): Promise<Result> {
    let refusal: unknown;
    const proof = await this.guard(source, async () => {
      try {
        return { result: await attempt() };
      } catch (error) {
        if (!(error instanceof NetStoreError && WRONG_GUESSES.has(error.code))) throw error;
        refusal = error;
        return undefined;
      }
    });
    if (proof === undefined) throw refusal;
    return proof.result;
  }
}

/**
 * Slows down guessing: after five failures under one key the next attempt has to wait 1 s, then 2 s, doubling to 15 min. Waiting
 * is all that happens; nobody is locked out for good, and an attempt during a wait does not lengthen it.
 *
 * Kept in memory and bounded: a restart forgets, and under a flood of keys the longest unused are forgotten first.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { Clock } from '../clock.ts';

const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1_000;
const WAIT_MS_MAX = 15 * 60 * 1000;
/** Longer than the longest wait, else that wait would itself be forgiveness. */
const FORGOTTEN_AFTER_MS = 60 * 60 * 1000;
const KEYS_MAX = 20_000;

interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

export class Throttle {
  readonly #now: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(now: Clock) {
    this.#now = now;
  }

  /** Throws `NS_TOO_MANY_ATTEMPTS` with the seconds to wait. */
  check(key: string): void {
    const failures = this.#recent(key);
    if (failures === undefined) return;
    const waitMs = failures.lastAt + waitAfter(failures.count) - this.#now();
    if (waitMs <= 0) return;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw new NetStoreError('NS_TOO_MANY_ATTEMPTS', `Too many attempts: wait ${retryAfterSeconds} s`, { details: { retryAfterSeconds } });
  }

  fail(key: string): void {
    const count = (this.#recent(key)?.count ?? 0) + 1;
    // Deleted first, so that the map's order is the order of last use.
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: this.#now() });
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > KEYS_MAX && oldest.value !== undefined) this.#failures.delete(oldest.value);
  }

  /** Lets the wait count from now: a failure that was counted at once is decided only after a while. */
  restamp(key: string): void {
    const failures = this.#failures.get(key);
    if (failures !== undefined) this.#failures.set(key, { ...failures, lastAt: this.#now() });
  }

  /** Takes one failure back: the attempt was never decided. */
  withdraw(key: string): void {
    const failures = this.#failures.get(key);
    if (failures === undefined) return;
    if (failures.count <= 1) this.#failures.delete(key);
    else this.#failures.set(key, { ...failures, count: failures.count - 1 });
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  #recent(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    if (failures === undefined || failures.lastAt + FORGOTTEN_AFTER_MS > this.#now()) return failures;
    this.#failures.delete(key);
    return undefined;
  }
}

function waitAfter(count: number): number {
  if (count < FREE_FAILURES) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES), WAIT_MS_MAX);
}

/**
 * argon2id with bounded memory: each hash takes `memoryKib`, so only two run at once and a flood of sign-ins is answered with
 * 503 instead of taking the machine down. Keeps nothing.
 */
import { argon2id, hash, verify } from 'argon2';
import type { PasswordCost } from '../config.ts';
import { BoundedGate } from './bounded-gate.ts';
import { normalizePassword } from './password-policy.ts';

const ACTIVE_MAX = 2;
const WAITING_MAX = 32;
/** Full means 34 hashes ahead at roughly 0.1 s each on two cores. */
const RETRY_AFTER_SECONDS = 2;

/** The order of the parameters is not fixed by everybody who writes such strings. */
const PHC_PARAMETERS = /^\$argon2id\$v=19\$(?=[^$]*\bm=(\d+))(?=[^$]*\bt=(\d+))(?=[^$]*\bp=(\d+))/;

export class PasswordHasher {
  readonly #cost: PasswordCost;
  readonly #gate = new BoundedGate({ activeMax: ACTIVE_MAX, waitingMax: WAITING_MAX, retryAfterSeconds: RETRY_AFTER_SECONDS });

  constructor(cost: PasswordCost) {
    this.#cost = cost;
  }

  get waiting(): number {
    return this.#gate.waiting;
  }

  /** A PHC string. Throws `NS_BUSY` when too many wait. */
  hash(password: string): Promise<string> {
    const { memoryKib, passes, lanes } = this.#cost;
    return this.#gate.run(() =>
      hash(normalizePassword(password), { type: argon2id, memoryCost: memoryKib, timeCost: passes, parallelism: lanes }),
    );
  }

  /**
   * Whether the password belongs to the hash. Without a hash it does the same work and answers no: the time does not tell
   * whether there is such a user. Throws `NS_BUSY` when too many wait.
   */
  async matches(password: string, passwordHash: string | undefined): Promise<boolean> {
    if (passwordHash === undefined) {
      await this.hash(password);
      return false;
    }
    return await this.#gate.run(() => verify(passwordHash, normalizePassword(password)));
  }

  /** Whether the hash was made with less than the present cost. More than that is left as it is. */
  isOutdated(passwordHash: string): boolean {
    const parameters = PHC_PARAMETERS.exec(passwordHash);
    if (parameters === null) return true;
    const [memoryKib, passes, lanes] = parameters.slice(1).map(Number) as [number, number, number];
    return memoryKib < this.#cost.memoryKib || passes < this.#cost.passes || lanes < this.#cost.lanes;
  }
}

/**
 * Whether a second member's clock agrees with this node's. What is old is decided by clocks alone, and one clock that jumped ahead
 * must not be enough to delete by.
 */
import type { Logger } from '@netstore/service-kit';
import { type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { Peer } from './peers.ts';

/** Further apart, and nothing is deleted by its age. */
export const CLOCK_DIFFERENCE_MAX_MS = 60_000;
const ANSWER_WITHIN_MS = 2_000;

/** Near enough for all that is decided by age. */
export function isSameTime(aMs: number, bMs: number): boolean {
  return Math.abs(aMs - bMs) <= CLOCK_DIFFERENCE_MAX_MS;
}

export interface ClockAgreementOptions {
  readonly peers: readonly Peer[];
  /** Whether what this peer says counts: it is connected as a full member. */
  readonly counts: (peer: NodeId) => boolean;
  readonly now: () => number;
  readonly logger: Logger;
  /** Called each time that something would have been decided by the clock and was not. */
  readonly onDisagreement: () => void;
}

export class ClockAgreement {
  readonly #options: ClockAgreementOptions;
  /** Said once, until the clocks agree again. */
  #isReported = false;

  constructor(options: ClockAgreementOptions) {
    this.#options = options;
  }

  /** Asks the full members, one after the other, until one agrees. */
  async isReached(signal: AbortSignal): Promise<boolean> {
    const { peers, counts, logger, onDisagreement } = this.#options;
    const reasons: string[] = [];
    for (const peer of peers.filter(({ id }) => counts(id))) {
      const reason = await this.#reasonAgainst(peer, signal);
      signal.throwIfAborted();
      if (reason === undefined) {
        this.#isReported = false;
        return true;
      }
      reasons.push(`${peer.id}: ${reason}`);
    }
    onDisagreement();
    if (!this.#isReported)
      logger.warn({ reasons }, 'no second member agrees on the time: what is old enough to be deleted waits until one does');
    this.#isReported = true;
    return false;
  }

  /** Undefined when this peer's clock agrees. */
  async #reasonAgainst(peer: Peer, signal: AbortSignal): Promise<string | undefined> {
    const { now } = this.#options;
    try {
      const askedAtMs = now();
      const { nowMs } = await peer.pool.use(
        (connection) =>
          connection.request('GET_STATUS', { requestId: 'clock-agreement' }, 'STATUS', { timeoutMs: ANSWER_WITHIN_MS, signal }),
        { signal },
      );
      const answeredAtMs = now();
      // Whenever between the two it looked at its clock: the worst case has to agree.
      if (isSameTime(nowMs, askedAtMs) && isSameTime(nowMs, answeredAtMs)) return undefined;
      return `its clock differs by ${Math.round((nowMs - answeredAtMs) / 1000)} s`;
    } catch (error) {
      return toNetStoreError(error).message;
    }
  }
}

/**
 * What was found wrong and made good since this process started, numbered from 1: gateways fetch it for the audit. In memory, because every fault
 * is in the log of the service too; beyond a bound the oldest are let go, which the numbers show.
 */
import type { FaultEvent, FaultEventKind } from '@netstore/wire-protocol';

const EVENTS_MAX = 16_384;

export class FaultJournal {
  /** Of this process: numbers begin again with another one. */
  readonly run = crypto.randomUUID();
  readonly #now;
  readonly #eventsMax;
  #events: FaultEvent[] = [];
  #last = 0;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number, eventsMax = EVENTS_MAX) {
    this.#now = now;
    this.#eventsMax = eventsMax;
  }

  note(kind: FaultEventKind, what: string): void {
    this.#last += 1;
    this.#events.push({ number: this.#last, timeMs: this.#now(), kind, what });
    // Seldom, and many at once: taking the first one off each time would move all the others.
    if (this.#events.length > 2 * this.#eventsMax) this.#events = this.#events.slice(-this.#eventsMax);
  }

  /** The oldest first. */
  after(number: number, limit: number): FaultEvent[] {
    const [first] = this.#events;
    const start = first === undefined ? 0 : Math.max(0, number + 1 - first.number);
    return this.#events.slice(start, start + limit);
  }
}

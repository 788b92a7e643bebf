/**
 * How busy the node is with what others wait for, so that the scrub can step aside. Two signs: conversations under way, and how
 * late the event loop is with a short timer.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** More conversations than this at once: somebody needs the disk more than the scrub does. */
const CONVERSATIONS_CALM_MAX = 4;
const PROBE_MS = 10;
/** A timer that comes this much too late: the thread has more to do than it can. */
const LATENESS_CALM_MAX_MS = 30;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_200;
/** Altogether, about six seconds. After that a little is done all the same: a node that is never calm must still find what rots. */
const PAUSES_MAX = 6;

export class Foreground {
  #conversations = 0;

  get conversations(): number {
    return this.#conversations;
  }

  /** Counts a conversation for as long as it runs. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.#conversations += 1;
    try {
      return await work;
    } finally {
      this.#conversations -= 1;
    }
  }

  /**
   * Returns when the node is calm, or has not been for long enough. Pauses are twice as long each time; `onPause` is told before the
   * first. Rejects when aborted.
   */
  async untilCalm(onPause: () => void, signal: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let pauses = 0; pauses < PAUSES_MAX && (await this.#isBusy(signal)); pauses += 1) {
      if (pauses === 0) onPause();
      await sleep(pauseMs, undefined, { signal });
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async #isBusy(signal: AbortSignal): Promise<boolean> {
    if (this.#conversations > CONVERSATIONS_CALM_MAX) return true;
    const startedAt = performance.now();
    await sleep(PROBE_MS, undefined, { signal });
    return performance.now() - startedAt - PROBE_MS > LATENESS_CALM_MAX_MS;
  }
}

/**
 * Asks every node again and again who is primary, for as long as somebody waits for one that does not answer. All who wait share
 * it: a thousand uploads that lost their primary cost as many questions as one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeLink } from './node-link.ts';
import type { PrimaryGuess } from './primary-guess.ts';

const ASK_EVERY_MS = 200;
const ANSWER_WITHIN_MS = 1_000;

export class PrimaryLookout {
  readonly #links: readonly NodeLink[];
  readonly #guess: PrimaryGuess;
  #waiting = 0;
  #ending = new AbortController();

  constructor(links: readonly NodeLink[], guess: PrimaryGuess) {
    this.#links = links;
    this.#guess = guess;
  }

  /** Looks out until what it returns is disposed of. What it finds is told by the guess. */
  join(): Disposable {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#start();
    return { [Symbol.dispose]: () => this.#leave() };
  }

  #leave(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#ending.abort();
  }

  /** Each node at its own pace: one that is frozen must not hold up the others. */
  #start(): void {
    this.#ending = new AbortController();
    for (const link of this.#links) void this.#watch(link, this.#ending.signal);
  }

  async #watch(link: NodeLink, ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      await this.#ask(link, ending).catch(() => undefined);
      await sleep(ASK_EVERY_MS, undefined, { signal: ending }).catch(() => undefined);
    }
  }

  async #ask(link: NodeLink, ending: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([ending, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const options = { timeoutMs: ANSWER_WITHIN_MS, signal };
    const status = await link.converse(
      (connection) => connection.request('GET_STATUS', { requestId: 'lookout' }, 'STATUS', options),
      signal,
    );
    if (status.role === 'primary') this.#guess.prove({ epoch: status.epoch, nodeId: link.id });
  }
}

/**
 * Rights that are needed for longer than a moment: what was permitted when a transfer began is asked again while it goes on. Whoever is removed,
 * disabled or loses the folder is cut off within 5 s: an answer is used for up to 4 s (`remembered-answers.ts`), and asked for every second here.
 *
 * Asked by the holder and not by a token, which may have expired since: that ends no transfer, the end of its session does. When the auth service
 * does not answer, what goes on may go on for 5 s more, so that its restart breaks nothing off; no commit is made on that.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { Holder } from '../auth/principal.ts';
import type { GrantedSpace, SpaceRights, Wish } from './space-rights.ts';

const ASKED_EVERY_MS = 1_000;
const UNANSWERED_MS_MAX = 5_000;

export interface Held {
  readonly holder: Holder;
  readonly space: GrantedSpace;
  readonly wish: Wish;
  /** Throws when what goes on is not permitted any more. */
  readonly permit: (space: GrantedSpace) => void;
}

export class HeldRights implements Disposable {
  readonly #rights: Pick<SpaceRights, 'grantTo'>;
  readonly #held: Held;
  readonly #losing = new AbortController();
  #space: GrantedSpace;
  #answeredAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(rights: Pick<SpaceRights, 'grantTo'>, held: Held) {
    this.#rights = rights;
    this.#held = held;
    this.#space = held.space;
    this.#wait();
  }

  /** Aborted with the refusal when the rights are lost. */
  get signal(): AbortSignal {
    return this.#losing.signal;
  }

  /** What is held now. Throws the refusal, or `NS_UNAVAILABLE` when nobody can tell. Asks nobody within a second of the last answer. */
  async confirm(): Promise<GrantedSpace> {
    this.signal.throwIfAborted();
    if (performance.now() - this.#answeredAtMs >= ASKED_EVERY_MS) await this.#ask();
    return this.#space;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #ask(): Promise<void> {
    const { holder, space, wish, permit } = this.#held;
    const now = await this.#rights.grantTo(holder, space.name, wish);
    // Another space may have got the name since.
    if (now.id !== space.id) throw new NetStoreError('NS_NOT_FOUND', 'The space has another name now');
    permit(now);
    this.#space = now;
    this.#answeredAtMs = performance.now();
  }

  #wait(): void {
    this.#timer = setTimeout(() => void this.#watch(), ASKED_EVERY_MS).unref();
  }

  async #watch(): Promise<void> {
    try {
      await this.#ask();
    } catch (error) {
      const isRefused = error instanceof NetStoreError && error.status < 500;
      if (isRefused || performance.now() - this.#answeredAtMs > UNANSWERED_MS_MAX) this.#losing.abort(error);
    }
    if (this.#timer !== undefined && !this.signal.aborted) this.#wait();
  }
}

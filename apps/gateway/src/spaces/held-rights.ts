/**
 * Rights that are needed for longer than a moment: what was permitted when a transfer began is asked again while it goes on. Whoever is removed,
 * disabled or loses the folder is cut off within 5 s: an answer is used for up to 4 s (`remembered-answers.ts`), and asked for every second here.
 *
 * Asked by the holder and not by a token, which may have expired since: that ends no transfer, the end of its session does. When the auth service
 * does not answer, what goes on may go on for 5 s more, so that its restart breaks nothing off; no commit is made on that.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { Holder } from '../auth/principal.ts';
import { ASKED_AGAIN_EVERY_MS, type GrantedSpace, type SpaceRights, type Wish } from './space-rights.ts';
import type { Watched } from './watch.ts';

const UNANSWERED_MS_MAX = 5_000;
type AskedRights = Pick<SpaceRights, 'grantTo' | 'watch'>;

export interface Held {
  readonly holder: Holder;
  readonly space: GrantedSpace;
  readonly wish: Wish;
  /** Throws when what goes on is not permitted any more. */
  readonly permit: (space: GrantedSpace) => void;
}

export class HeldRights implements Disposable, Watched {
  readonly #rights: AskedRights;
  readonly #held: Held;
  readonly #losing = new AbortController();
  #space: GrantedSpace;
  #answeredAtMs = performance.now();
  #isAsking = false;
  #isLost = false;

  constructor(rights: AskedRights, held: Held) {
    this.#rights = rights;
    this.#held = held;
    this.#space = held.space;
    this.#rights.watch.add(this);
  }

  /** Aborted with the refusal when the rights are lost, and by `giveUp`. */
  get signal(): AbortSignal {
    return this.#losing.signal;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Aborts the same signal for another reason. */
  giveUp(reason: Error): void {
    this.#rights.watch.delete(this);
    this.#losing.abort(reason);
  }

  /** What is held now. Throws the refusal, or `NS_UNAVAILABLE` when nobody can tell. Asks nobody within a second of the last answer. */
  async confirm(): Promise<GrantedSpace> {
    this.signal.throwIfAborted();
    if (performance.now() - this.#answeredAtMs >= ASKED_AGAIN_EVERY_MS) await this.#ask();
    return this.#space;
  }

  [Symbol.dispose](): void {
    this.#rights.watch.delete(this);
  }

  /** For the watch alone. */
  look(): void {
    if (!this.#isAsking) void this.#askAgain();
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

  async #askAgain(): Promise<void> {
    this.#isAsking = true;
    try {
      await this.#ask();
    } catch (error) {
      const isRefused = error instanceof NetStoreError && error.status < 500;
      if (isRefused || performance.now() - this.#answeredAtMs > UNANSWERED_MS_MAX) this.#lose(error);
    } finally {
      this.#isAsking = false;
    }
  }

  /** What was given up before is over for that reason. */
  #lose(refusal: unknown): void {
    if (this.signal.aborted) return;
    this.#rights.watch.delete(this);
    this.#isLost = true;
    this.#losing.abort(refusal);
  }
}

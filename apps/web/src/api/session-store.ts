/**
 * The sign-in of this browser. The access token lives in memory alone; the refresh token is a cookie that no script can
 * read. Tokens are renewed before they run out, once for all callers and, where the browser has locks, once for all tabs.
 *
 * A failure to reach the server never signs anybody out: only the server's 401 does.
 */
import type { Session } from '@netstore/shared-types';
import { ApiProblem, toApiProblem } from './api-problem.ts';
import { Observable, type ReadonlyObservable } from './observable.ts';

export type SessionState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'unreachable'; readonly problem: ApiProblem }
  | { readonly kind: 'signed-out'; readonly hasExpired: boolean }
  | { readonly kind: 'signed-in' };

interface HeldToken {
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

/** What other tabs are told. */
type TabMessage = { readonly kind: 'renewed'; readonly held: HeldToken } | { readonly kind: 'ended' };

/** Everything the store needs of its surroundings. */
export interface SessionPorts {
  /** Rejects with `ApiProblem` 401 when there is no session to renew. */
  readonly refresh: () => Promise<Session>;
  readonly end: () => Promise<void>;
  readonly now: () => number;
  readonly schedule: (task: () => void, delayMs: number) => () => void;
  /** Runs one task at a time among all tabs. */
  readonly exclusively: <Result>(task: () => Promise<Result>) => Promise<Result>;
  readonly tellTabs: (message: TabMessage) => void;
  readonly hearTabs: (listener: (message: TabMessage) => void) => void;
  /** Whether this browser was signed in when the page was last open: spares strangers a request that must fail. */
  readonly wasSignedIn: () => boolean;
  readonly rememberSignedIn: (isSignedIn: boolean) => void;
}

/** A token is renewed this long before it runs out. */
const RENEW_EARLY_MS = 60_000;
/** A token that is used must last at least this long. */
const REMAINING_MS_MIN = 15_000;
const RETRY_MS = 10_000;

export class SessionStore {
  readonly #state = new Observable<SessionState>({ kind: 'starting' });
  readonly #ports: SessionPorts;
  #held: HeldToken | undefined;
  #renewing: Promise<string> | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    ports.hearTabs((message) => {
      if (message.kind === 'renewed') this.#hold(message.held);
      else this.#forget(false);
    });
  }

  get state(): ReadonlyObservable<SessionState> {
    return this.#state;
  }

  /** Finds out whether the browser is still signed in. */
  async start(): Promise<void> {
    if (!this.#ports.wasSignedIn()) {
      this.#forget(false);
      return;
    }
    this.#state.set({ kind: 'starting' });
    await this.renew(undefined).catch((thrown: unknown) => {
      if (this.#state.get().kind === 'starting') this.#state.set({ kind: 'unreachable', problem: toApiProblem(thrown) });
    });
  }

  /** Takes the answer to a sign-in or set-up. */
  adopt(session: Session): void {
    const held = { accessToken: session.accessToken, expiresAtMs: this.#ports.now() + session.expiresInSeconds * 1000 };
    this.#hold(held);
    this.#ports.rememberSignedIn(true);
    this.#ports.tellTabs({ kind: 'renewed', held });
  }

  /** A token that lasts long enough to be used; throws `ApiProblem` when there is none. */
  async token(): Promise<string> {
    const held = this.#held;
    if (held !== undefined && held.expiresAtMs - this.#ports.now() > REMAINING_MS_MIN) return held.accessToken;
    if (this.#state.get().kind === 'signed-out') throw notSignedIn();
    return this.renew(held?.accessToken);
  }

  /** A token newer than `stale`, which the server refused or which is about to run out. */
  renew(stale: string | undefined): Promise<string> {
    if (this.#held !== undefined && this.#held.accessToken !== stale) return Promise.resolve(this.#held.accessToken);
    this.#renewing ??= this.#ports
      .exclusively(() => this.#renewOnce(stale))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  /** Signs out here and in all tabs. The page forgets its token even when the server cannot be told. */
  async end(): Promise<void> {
    this.#ports.tellTabs({ kind: 'ended' });
    try {
      await this.#ports.end();
    } finally {
      this.#forget(false);
    }
  }

  async #renewOnce(stale: string | undefined): Promise<string> {
    // Another tab may have renewed while this one waited for its turn.
    if (this.#held !== undefined && this.#held.accessToken !== stale) return this.#held.accessToken;
    try {
      const session = await this.#ports.refresh();
      this.adopt(session);
      return session.accessToken;
    } catch (thrown) {
      const problem = toApiProblem(thrown);
      if (problem.status === 401) this.#forget(true);
      throw problem;
    }
  }

  #hold(held: HeldToken): void {
    this.#held = held;
    this.#state.set({ kind: 'signed-in' });
    this.#scheduleRenewal(held.expiresAtMs - this.#ports.now() - RENEW_EARLY_MS);
  }

  #scheduleRenewal(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#ports.schedule(
      () => {
        this.renew(this.#held?.accessToken).catch(() => {
          if (this.#held !== undefined) this.#scheduleRenewal(RETRY_MS);
        });
      },
      Math.max(RETRY_MS, delayMs),
    );
  }

  #forget(hasExpired: boolean): void {
    this.#cancelTimer();
    this.#held = undefined;
    this.#ports.rememberSignedIn(false);
    this.#state.set({ kind: 'signed-out', hasExpired });
  }
}

function notSignedIn(): ApiProblem {
  return new ApiProblem('You are signed out.', { code: 'NS_UNAUTHENTICATED', status: 401 });
}

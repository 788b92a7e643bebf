/**
 * Who a request speaks for. A `Principal` exists only as the result of a verification: there is no other way to make one, and every use case that
 * needs somebody takes one.
 *
 * It is one of several kinds. A session is a person who signed in; every other kind has the rights of a person, cut down. What the kinds have in
 * common for files is their holder: whatever the rights hang on, which the auth service is asked about by kind and id, and which it answers
 * for with the cuts (`SpaceAccess`). Whoever adds a kind adds it to `Principal` and `Holder`, verifies it in a file of its own, and serves
 * `/v1/<kind>s/:id/spaces/:space/access`; the compiler names the rest. What is about the person himself takes a `SessionPrincipal`, which no
 * other kind can become.
 */
import type { SessionId, UserId } from '@netstore/shared-types';

declare const verified: unique symbol;

interface Verified {
  readonly [verified]: true;
  readonly userId: UserId;
}

export interface SessionPrincipal extends Verified {
  readonly kind: 'session';
  readonly sessionId: SessionId;
  /** The token itself, to ask the auth service in the same name. Never logged. */
  readonly accessToken: string;
}

export type Principal = SessionPrincipal;

/** What rights hang on: they end with it. */
export interface Holder {
  readonly kind: 'session';
  readonly id: SessionId;
}

/** For `token-verifier.ts` alone, after the signature and every claim were found right. */
export function verifiedSession(facts: Pick<SessionPrincipal, 'userId' | 'sessionId' | 'accessToken'>): SessionPrincipal {
  return { kind: 'session', ...facts } as SessionPrincipal;
}

export function holderOf(principal: Principal): Holder {
  switch (principal.kind) {
    case 'session':
      return { kind: 'session', id: principal.sessionId };
  }
}

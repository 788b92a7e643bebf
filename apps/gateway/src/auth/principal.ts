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
import type { ApiKeyId, SessionId, ShareLinkId, UserId } from '@netstore/shared-types';

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

/** A program that presented an API key. */
export interface KeyPrincipal extends Verified {
  readonly kind: 'key';
  readonly keyId: ApiKeyId;
}

export type Principal = SessionPrincipal | KeyPrincipal;

/** What the rights of a principal hang on: they end with it. */
export type PrincipalHolder = { readonly kind: 'session'; readonly id: SessionId } | { readonly kind: 'key'; readonly id: ApiKeyId };

/** A link is the holder of rights too, and no principal: it reaches the routes of share sessions alone, see `shares/share-gate.ts`. */
export type Holder = PrincipalHolder | { readonly kind: 'link'; readonly id: ShareLinkId };

/** For `token-verifier.ts` alone, after the signature and every claim were found right. */
export function verifiedSession(facts: Pick<SessionPrincipal, 'userId' | 'sessionId' | 'accessToken'>): SessionPrincipal {
  return { kind: 'session', ...facts } as SessionPrincipal;
}

/** For `key-verifier.ts` alone, after the auth service found the key right. */
export function verifiedKey(facts: Pick<KeyPrincipal, 'userId' | 'keyId'>): KeyPrincipal {
  return { kind: 'key', ...facts } as KeyPrincipal;
}

export function holderOf(principal: Principal): PrincipalHolder {
  switch (principal.kind) {
    case 'session':
      return { kind: 'session', id: principal.sessionId };
    case 'key':
      return { kind: 'key', id: principal.keyId };
  }
}

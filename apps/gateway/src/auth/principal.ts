/**
 * Who a request speaks for. A `Principal` exists only as the result of a verification: there is no other way to make one,
 * and every use case that needs a signed-in person takes one.
 */
import type { SessionId, UserId } from '@netstore/shared-types';

declare const verified: unique symbol;

export interface Principal {
  readonly [verified]: true;
  readonly userId: UserId;
  readonly sessionId: SessionId;
  /** The token itself, to ask the auth service in the same name. Never logged. */
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

/** For `token-verifier.ts` alone, after the signature and every claim were found right. */
export function verifiedPrincipal(facts: Omit<Principal, typeof verified>): Principal {
  return facts as Principal;
}

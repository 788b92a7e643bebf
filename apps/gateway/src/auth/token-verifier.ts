/**
 * Turns an access token into a `SessionPrincipal`. Accepts one algorithm (EdDSA), one type (`at+jwt`), one issuer and one audience;
 * every other outcome is `NS_UNAUTHENTICATED`, except that nobody could be asked for keys: `NS_UNAVAILABLE`.
 */
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_ISSUER, NetStoreError, parseSessionId, parseUserId } from '@netstore/shared-types';
import { createVerifier, TokenError } from 'fast-jwt';
import { type SessionPrincipal, verifiedSession } from './principal.ts';
import type { WebKeys } from './web-keys.ts';

const CLOCK_SKEW_MS = 30_000;
/** Verified tokens that are kept, so that a busy client costs one signature check in ten minutes. */
const CACHED_TOKENS_MAX = 10_000;
const TOKEN_LENGTH_MAX = 4096;
/** Header parameters by which a token would choose its own key. */
const KEY_POINTERS = ['jku', 'jwk', 'x5u', 'x5c'];

export class TokenVerifier {
  readonly #verify: (token: string) => Promise<unknown>;

  constructor(keys: WebKeys) {
    this.#verify = createVerifier({
      key: (token: { header: Record<string, unknown> }) => keys.pem(keyIdOf(token.header)),
      algorithms: ['EdDSA'],
      checkTyp: 'at+jwt',
      allowedIss: ACCESS_TOKEN_ISSUER,
      allowedAud: ACCESS_TOKEN_AUDIENCE,
      requiredClaims: ['iss', 'aud', 'sub', 'sid', 'exp', 'nbf', 'iat', 'jti'],
      clockTolerance: CLOCK_SKEW_MS,
      cache: CACHED_TOKENS_MAX,
    });
  }

  /** `authorization` is the whole header field. */
  async verify(authorization: string | undefined): Promise<SessionPrincipal> {
    const accessToken = bearerToken(authorization);
    try {
      const claims = (await this.#verify(accessToken)) as { readonly sub: string; readonly sid: string };
      return verifiedSession({ accessToken, userId: parseUserId(claims.sub), sessionId: parseSessionId(claims.sid) });
    } catch (cause) {
      if (isUnavailable(cause))
        throw new NetStoreError('NS_UNAVAILABLE', 'Tokens cannot be verified: the auth service does not answer', { cause });
      throw new NetStoreError('NS_UNAUTHENTICATED', reasonOf(cause), { cause });
    }
  }
}

function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined || token.length > TOKEN_LENGTH_MAX)
    throw new NetStoreError('NS_UNAUTHENTICATED', 'No access token was presented');
  return token;
}

function keyIdOf(header: Record<string, unknown>): string {
  if (KEY_POINTERS.some((name) => Object.hasOwn(header, name)) || Object.hasOwn(header, 'crit')) {
    throw new NetStoreError('NS_UNAUTHENTICATED', 'The token brings its own key');
  }
  if (typeof header.kid !== 'string') throw new NetStoreError('NS_UNAUTHENTICATED', 'The token names no key');
  return header.kid;
}

/** Times are looked at after the signature: whoever hears of them has a token that the auth service gave. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === TokenError.codes.expired) return 'The access token has expired';
  if (code === TokenError.codes.inactive)
    return 'The access token is not valid yet: the clocks of the gateway and of the auth service are apart';
  return 'The access token is not valid';
}

/** fast-jwt wraps what the key function throws. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof NetStoreError) return error.code === 'NS_UNAVAILABLE';
  return error instanceof Error && 'originalError' in error && isUnavailable(error.originalError);
}

/**
 * Access tokens: signed and verified through @fastify/jwt with the keys of the ring. Whatever is wrong with a token, the answer
 * is 401; the library alone would answer some of it with 400 or 500.
 */
import fastifyJwt from '@fastify/jwt';
import {
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_ISSUER,
  type AccessClaims,
  NetStoreError,
  parseSessionId,
  parseUserId,
  type SessionId,
  type UserId,
} from '@netstore/shared-types';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { KeyRing } from './key-ring.ts';

export const ACCESS_TOKEN_LIFETIME_SECONDS = 10 * 60;
const CLOCK_SKEW_MS = 30_000;
const TOKEN_TYPE = 'at+jwt';

/**
 * The whole header. Closed, because every other parameter (`jku`, `jwk`, `x5u`, `crit` …) asks the verifier to trust a key or to
 * follow a rule that came with the token.
 */
const Header = Type.Object(
  { alg: Type.Literal('EdDSA'), typ: Type.Literal(TOKEN_TYPE), kid: Type.String({ minLength: 1, maxLength: 64 }) },
  { additionalProperties: false },
);

export type IssueAccessToken = (claims: AccessClaims) => string;

export interface VerifiedToken {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** Resolves to what a valid token says. Throws `NS_UNAUTHENTICATED`. */
export type VerifyAccessToken = (request: FastifyRequest) => Promise<VerifiedToken>;

/** Returns the two functions instead of leaving decorators for everybody to use: verification has one door. */
export async function registerAccessTokens(
  app: FastifyInstance,
  ring: KeyRing,
): Promise<{ issue: IssueAccessToken; verify: VerifyAccessToken }> {
  await app.register(fastifyJwt, {
    secret: {
      private: async () => ring.signingKey().privateKeyPem,
      public: async (_request: FastifyRequest, token: unknown) => selectPublicKey(token, ring),
    },
    decode: { complete: true },
    sign: {
      algorithm: 'EdDSA',
      header: { alg: 'EdDSA', typ: TOKEN_TYPE },
      iss: ACCESS_TOKEN_ISSUER,
      aud: ACCESS_TOKEN_AUDIENCE,
      expiresIn: ACCESS_TOKEN_LIFETIME_SECONDS,
      notBefore: 0,
    },
    verify: {
      algorithms: ['EdDSA'],
      allowedIss: ACCESS_TOKEN_ISSUER,
      allowedAud: ACCESS_TOKEN_AUDIENCE,
      checkTyp: TOKEN_TYPE,
      clockTolerance: CLOCK_SKEW_MS,
      requiredClaims: ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub', 'sid'],
    },
  });

  const issue: IssueAccessToken = ({ sub, sid }) => {
    const { kid, privateKeyPem } = ring.signingKey();
    return app.jwt.sign({ sub, sid }, { key: privateKeyPem, kid, jti: crypto.randomUUID() });
  };
  const verify: VerifyAccessToken = async (request) => {
    try {
      const claims = await request.jwtVerify<{ sub: unknown; sid: unknown }>();
      return { userId: parseUserId(String(claims.sub)), sessionId: parseSessionId(String(claims.sid)) };
    } catch (error) {
      throw new NetStoreError('NS_UNAUTHENTICATED', 'The access token is missing, expired or not valid', { cause: error });
    }
  };
  return { issue, verify };
}

function selectPublicKey(token: unknown, ring: KeyRing): string {
  const header = Value.Parse(Type.Object({ header: Header }), token).header;
  const key = ring.find(header.kid);
  if (key === undefined) throw new NetStoreError('NS_UNAUTHENTICATED', `Key ${header.kid} is not one of ours`);
  return key.publicKeyPem;
}

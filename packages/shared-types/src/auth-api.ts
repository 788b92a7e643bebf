/**
 * The JSON contract between the gateway and the auth service, and the part of it that the public API passes on.
 * The auth service serves these routes; only the gateway calls them, with the user's own tokens.
 *
 *   GET    /v1/setup                      → SetupState
 *   POST   /v1/setup          SetupRequest   → 201 IssuedSession; 409 NS_ALREADY_SET_UP; 401 NS_BAD_SETUP_TOKEN
 *   POST   /v1/sessions       SignInRequest  → 201 IssuedSession; 401 NS_BAD_CREDENTIALS, NS_SECOND_FACTOR_REQUIRED,
 *                                         NS_BAD_SECOND_FACTOR; 429; 503
 *   POST   /v1/sessions/refresh  RefreshRequest → 200 IssuedSession; 401 NS_UNAUTHENTICATED
 *   DELETE /v1/sessions/current  RefreshRequest → 204, also when it is unknown
 *   GET    /v1/me                    Bearer → Account; 401
 *   GET    /v1/spaces/:space/access  Bearer → SpaceAccess; 404 NS_NOT_FOUND for "not yours" and "not there" alike; 401
 *   GET    /v1/sessions/:session/spaces/:space/access  service key → SpaceAccess; 404; 401 (for links that carry no token)
 *   GET    /.well-known/jwks.json         → JSON Web Key Set
 *
 * Every request but for the key set and the routes of health carries the service key, a secret of the gateway and the auth service, in
 * `x-netstore-service-key`; without it all are 401. Where a route says "service key", nothing else is needed. `x-netstore-client-address` names the
 * browser's address, which throttling and the session list use, and `x-netstore-client-agent` what the browser calls itself. What there is about
 * people is in `people-api.ts`.
 */
import { type Static, Type } from 'typebox';
import { OwnerUsage, QuotaChange, SpaceSummary } from './spaces-api.ts';

const closed = { additionalProperties: false } as const;

export const Username = Type.String({
  pattern: '^[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9])?$',
  description: '1–32 characters: a-z, 0-9 and . _ - inside',
});
/** The rules themselves (12–256 characters after NFC, not a common one) are the auth service's; this bounds the body. */
export const Password = Type.String({ minLength: 1, maxLength: 1024 });

export const SetupState = Type.Object({ isNeeded: Type.Boolean() }, closed);
export type SetupState = Static<typeof SetupState>;

export const SetupRequest = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 256 }), username: Username, password: Password },
  closed,
);
export type SetupRequest = Static<typeof SetupRequest>;

/** With a code where `NS_SECOND_FACTOR_REQUIRED` was the answer without: six digits, or a recovery code. */
export const SignInRequest = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 256 }),
    password: Password,
    code: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  },
  closed,
);
export type SignInRequest = Static<typeof SignInRequest>;

export const RefreshRequest = Type.Object({ refreshToken: Type.String({ minLength: 1, maxLength: 256 }) }, closed);
export type RefreshRequest = Static<typeof RefreshRequest>;

/** What the gateway gets. The refresh token goes on to the browser as a cookie and is never in a body. */
export const IssuedSession = Type.Object(
  {
    accessToken: Type.String(),
    expiresInSeconds: Type.Integer(),
    refreshToken: Type.String(),
    refreshExpiresInSeconds: Type.Integer(),
  },
  closed,
);
export type IssuedSession = Static<typeof IssuedSession>;

/** What the browser gets. */
export const Session = Type.Object({ accessToken: Type.String(), expiresInSeconds: Type.Integer() }, closed);
export type Session = Static<typeof Session>;

export const ClusterRole = Type.Union([Type.Literal('admin'), Type.Literal('auditor'), Type.Literal('member')]);
export type ClusterRole = Static<typeof ClusterRole>;

const accountProperties = {
  user: Type.Object({ id: Type.String(), username: Type.String() }, closed),
  roles: Type.Array(ClusterRole),
  spaces: Type.Array(SpaceSummary),
};

/** As the auth service knows it; with the quota of all spaces that the user owns. */
export const Account = Type.Object({ ...accountProperties, ...QuotaChange.properties }, closed);
export type Account = Static<typeof Account>;

/** As the gateway answers: besides, how much these spaces take together. */
export const Me = Type.Object({ ...accountProperties, ...OwnerUsage.properties }, closed);
export type Me = Static<typeof Me>;

/** Claims of an access token beside `iss aud exp nbf iat jti`; `typ` is `at+jwt`, the algorithm EdDSA. */
export interface AccessClaims {
  /** User id. */
  readonly sub: string;
  /** Session id: revocation is by session. */
  readonly sid: string;
}

export const SERVICE_KEY_HEADER = 'x-netstore-service-key';
export const CLIENT_ADDRESS_HEADER = 'x-netstore-client-address';
export const CLIENT_AGENT_HEADER = 'x-netstore-client-agent';

export const ACCESS_TOKEN_ISSUER = 'netstore-auth';
export const ACCESS_TOKEN_AUDIENCE = 'netstore';

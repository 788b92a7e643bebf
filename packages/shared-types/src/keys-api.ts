/**
 * The JSON contract about API keys: what people do about them, the same under `/v1` of the auth service and `/api/v1` of the gateway, and how the
 * gateway asks about a key that was presented.
 *
 *   GET    /me/keys → ApiKeys
 *   POST   /me/keys  NewApiKey → 201 IssuedApiKey    the password is asked for; 409 NS_ALREADY_EXISTS, NS_CONFLICT for too many
 *   DELETE /me/keys/:id → 204
 *   GET    /users/:id/keys → ApiKeys                 admin, auditor
 *   DELETE /keys/:id → 204                           admin
 *
 *   POST   /v1/keys/check  KeyCheck                  service key → CheckedKey; 401, 429
 *   GET    /v1/keys/:key/spaces/:space/access        service key → SpaceAccess with the cut of the key; 404
 */
import { type Static, Type } from 'typebox';
import { Password } from './auth-api.ts';
import { nullable } from './nullable.ts';

const closed = { additionalProperties: false } as const;
const Time = Type.String();
const TimeOrNull = nullable(Time);

export const API_KEYS_PER_USER_MAX = 100;
const EXPIRY_SECONDS_MAX = 10 * 366 * 24 * 60 * 60;

/** `write` adds: new files, and new versions of those that are there. `delete` takes away: into the trash, to another place, for good. */
export const KeyVerb = Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('delete')]);
export type KeyVerb = Static<typeof KeyVerb>;

/** `space`: by its name; null for all that its user has. `folder`: `''` is the root. `expiresAt`: null for never. */
export const ApiKey = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    space: nullable(Type.String()),
    folder: Type.String(),
    verbs: Type.Array(KeyVerb),
    createdAt: Time,
    expiresAt: TimeOrNull,
    lastUsedAt: TimeOrNull,
    isExpired: Type.Boolean(),
  },
  closed,
);
export type ApiKey = Static<typeof ApiKey>;

/** The latest first. */
export const ApiKeys = Type.Object({ keys: Type.Array(ApiKey) }, closed);
export type ApiKeys = Static<typeof ApiKeys>;

/** No control characters, and none that reorder text: names are shown in lists and logs. */
const NAME = '^[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]';
const NAME_REST = '(?:[^\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]*[^\\s])?$';

/** Without `space` it is for all spaces of its user, and without `expiresInSeconds` it does not end by itself. */
export const NewApiKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, pattern: NAME + NAME_REST }),
    space: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    folder: Type.Optional(Type.String({ maxLength: 4096 })),
    verbs: Type.Array(KeyVerb, { minItems: 1, maxItems: 3, uniqueItems: true }),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: EXPIRY_SECONDS_MAX })),
    password: Password,
  },
  closed,
);
export type NewApiKey = Static<typeof NewApiKey>;

/** The text of the key is shown this once. */
export const IssuedApiKey = Type.Object({ key: ApiKey, text: Type.String() }, closed);
export type IssuedApiKey = Static<typeof IssuedApiKey>;

export const KeyCheck = Type.Object(
  { id: Type.String({ pattern: '^[0-9a-f]{32}$' }), secret: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
  closed,
);
export type KeyCheck = Static<typeof KeyCheck>;

export const CheckedKey = Type.Object({ userId: Type.String() }, closed);
export type CheckedKey = Static<typeof CheckedKey>;

/**
 * The JSON contract about links that share a file or a folder: what people do about them, the same under `/v1` of the auth service and `/api/v1` of
 * the gateway; how the gateway asks about them; and what the holder of a link gets from the gateway.
 *
 *   GET    /me/links → ShareLinks                       one's own
 *   DELETE /me/links/:id → 204
 *   POST   /spaces/:space/links  NewShareLink → 201 IssuedShareLink   who may read there; for a drop box, who may write there
 *   GET    /spaces/:space/links → ShareLinks            managers, admins, auditors
 *   DELETE /spaces/:space/links/:id → 204               managers, admins
 *
 *   POST   /v1/links/open  OpenLink                     service key → FoundLink; 401 NS_LINK_PASSWORD, 404, 410, 429
 *   POST   /v1/links/:link/downloads  LinkDownload      service key → 204; 410
 *   POST   /v1/links/:link/downloads/broken  BrokenDownload   service key → 204
 *   GET    /v1/links/:link/spaces/:space/access         service key → SpaceAccess with the cut of the link; 410
 *
 *   POST   /api/v1/share/open  OpenLink → OpenedShare
 *   GET    /api/v1/share/entries  POST /api/v1/share/tickets  PUT /api/v1/share/files/:name → DropReceipt    Bearer: the share session
 */
import { type Static, Type } from 'typebox';
import { Password } from './auth-api.ts';
import { Entry, ReplicaCount } from './file-api.ts';

const closed = { additionalProperties: false } as const;
const Time = Type.String();
const TimeOrNull = Type.Union([Time, Type.Null()]);
const CountOrNull = Type.Union([Type.Integer(), Type.Null()]);

export const SHARE_LINKS_PER_USER_MAX = 1000;
const EXPIRY_SECONDS_MAX = 10 * 366 * 24 * 60 * 60;
const DOWNLOADS_MAX = 1_000_000;

/** `view`: see and download. `drop`: add files, and see nothing. */
export const ShareKind = Type.Union([Type.Literal('view'), Type.Literal('drop')]);
export type ShareKind = Static<typeof ShareKind>;

/** `path`: `''` is the whole space. `expiresAt`, `downloadsMax`: null for never and for as many as one likes. */
export const ShareLink = Type.Object(
  {
    id: Type.String(),
    kind: ShareKind,
    space: Type.String(),
    path: Type.String(),
    sharedBy: Type.String(),
    hasPassword: Type.Boolean(),
    createdAt: Time,
    expiresAt: TimeOrNull,
    lastUsedAt: TimeOrNull,
    downloadsUsed: Type.Integer(),
    downloadsMax: CountOrNull,
    state: Type.Union([Type.Literal('live'), Type.Literal('expired'), Type.Literal('used-up'), Type.Literal('ended')]),
  },
  closed,
);
export type ShareLink = Static<typeof ShareLink>;

/** The latest first. */
export const ShareLinks = Type.Object({ links: Type.Array(ShareLink) }, closed);
export type ShareLinks = Static<typeof ShareLinks>;

export const NewShareLink = Type.Object(
  {
    kind: ShareKind,
    path: Type.String({ maxLength: 4096 }),
    password: Type.Optional(Type.String({ minLength: 4, maxLength: 256 })),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: EXPIRY_SECONDS_MAX })),
    downloadsMax: Type.Optional(Type.Integer({ minimum: 1, maximum: DOWNLOADS_MAX })),
  },
  closed,
);
export type NewShareLink = Static<typeof NewShareLink>;

/** The token is shown this once. */
export const IssuedShareLink = Type.Object({ link: ShareLink, token: Type.String() }, closed);
export type IssuedShareLink = Static<typeof IssuedShareLink>;

/** Without the password where one is needed, the answer says so and counts as no guess. */
export const OpenLink = Type.Object({ token: Type.String({ minLength: 1, maxLength: 256 }), password: Type.Optional(Password) }, closed);
export type OpenLink = Static<typeof OpenLink>;

export const FoundLink = Type.Object(
  {
    id: Type.String(),
    kind: ShareKind,
    space: Type.String(),
    path: Type.String(),
    sharedBy: Type.String(),
    expiresAt: TimeOrNull,
    downloadsLeft: CountOrNull,
  },
  closed,
);
export type FoundLink = Static<typeof FoundLink>;

/** Answers about a link that is known, refusals too, name it for the gateway: its id, and its space percent-encoded. */
export const LINK_ID_HEADER = 'x-netstore-link';
export const LINK_SPACE_HEADER = 'x-netstore-link-space';

const Hex128 = Type.String({ pattern: '^[0-9a-f]{32}$' });
/** `isContinuation`: the bytes wanted begin after the first one. */
const downloadProperties = { session: Hex128, version: Type.String({ minLength: 1, maxLength: 32 }), isContinuation: Type.Boolean() };

const ByteCount = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** `lengthBytes` are going to be sent, of a file of `sizeBytes`. */
export const LinkDownload = Type.Object({ ...downloadProperties, sizeBytes: ByteCount, lengthBytes: ByteCount }, closed);
export type LinkDownload = Static<typeof LinkDownload>;
export const BrokenDownload = Type.Object({ ...downloadProperties, unsentBytes: ByteCount }, closed);
export type BrokenDownload = Static<typeof BrokenDownload>;

/** `session` is sent as a Bearer token. `entry`: what is shared, its path `''`; null for a drop box, which has `name` alone. */
export const OpenedShare = Type.Object(
  {
    session: Type.String(),
    expiresInSeconds: Type.Integer(),
    kind: ShareKind,
    name: Type.String(),
    sharedBy: Type.String(),
    expiresAt: TimeOrNull,
    downloadsLeft: CountOrNull,
    entry: Type.Union([Entry, Type.Null()]),
  },
  closed,
);
export type OpenedShare = Static<typeof OpenedShare>;

/** `path`: below what is shared; `''` is the shared file itself. */
export const ShareTicketRequest = Type.Object(
  { path: Type.String({ maxLength: 4096 }), disposition: Type.Union([Type.Literal('inline'), Type.Literal('attachment')]) },
  closed,
);
export type ShareTicketRequest = Static<typeof ShareTicketRequest>;

/** What the sender gets. `name`: as it was sent, whatever it was kept as. */
export const DropReceipt = Type.Object(
  { name: Type.String(), sizeBytes: Type.Integer(), sha256: Type.String(), receivedAt: Time, replicas: ReplicaCount },
  closed,
);
export type DropReceipt = Static<typeof DropReceipt>;

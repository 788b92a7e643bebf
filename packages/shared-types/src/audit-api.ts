/**
 * The audit: what is written down of every act, and how it is chained. The gateway reports, the auth service keeps.
 *
 *   POST /v1/audit/entries  AuditBatch → 204                    service key
 *   GET  /v1/audit  AuditQuery → AuditPage                      admin, auditor; the newest first
 *   GET  /v1/audit/export  AuditExportQuery → JSON lines, CSV   admin, auditor; the oldest first
 *
 * The hash of an entry is SHA-256 over `chainText`: the hash before it and all fields in one JSON array. JSON strings have one spelling
 * here and escape line breaks, so no value can look like two, or like another line.
 */
import { type Static, Type } from 'typebox';
import { nullable } from './nullable.ts';

const closed = { additionalProperties: false } as const;

export const AUDIT_BATCH_MAX = 500;
/** Of a batch as JSON: gateways send no more, the auth service takes no more. */
export const AUDIT_BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** Of each text of an entry as JSON, in which one character may be six bytes. The longest path fits, each of its characters escaped. */
export const AUDIT_TEXT_BYTES_MAX = 8 * 1024 + 2;
/** What the first entry is chained to. */
export const AUDIT_GENESIS = '0'.repeat(64);

const Text = Type.String({ maxLength: 8192 });

/** What the gateway knows. */
export const AuditReport = Type.Object(
  {
    timeMs: Type.Integer({ minimum: 0 }),
    actorId: nullable(Text),
    /** The API key, session or link it came by: `key:…`, `session:…`, `link:…`. Of a link the actor is its maker. `node:…` is a node that tells of itself. */
    via: nullable(Text),
    address: Text,
    action: Type.String({ pattern: '^[a-z-]+\\.[a-z-]+$', maxLength: 64 }),
    space: nullable(Text),
    path: nullable(Text),
    /** What else it was done to: a user, a group, the target of a move. */
    subject: nullable(Text),
    /** `ok`, or the code of the answer. */
    outcome: Type.String({ pattern: '^(?:ok|NS_[A-Z_]+)$' }),
    requestId: Text,
  },
  closed,
);
export type AuditReport = Static<typeof AuditReport>;

/**
 * `batch` counts the batches of one run of a gateway, so that one that is sent again is kept once. What nodes tell of themselves is sent one by one, under the
 * run of the node and the number that it gave: several gateways hear it, and it is kept once.
 */
export const AuditBatch = Type.Object(
  {
    gateway: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
    batch: Type.Integer({ minimum: 1 }),
    entries: Type.Array(AuditReport, { minItems: 1, maxItems: AUDIT_BATCH_MAX }),
  },
  closed,
);
export type AuditBatch = Static<typeof AuditBatch>;

/** `actorName` is the user's name when the entry was kept. */
export const AuditEntry = Type.Object(
  { seq: Type.Integer(), ...AuditReport.properties, actorName: nullable(Type.String()), hash: Type.String() },
  closed,
);
export type AuditEntry = Static<typeof AuditEntry>;

/** Says, signed, that the chain had this hash at this entry. `publicKey` is the raw Ed25519 key in base64url. */
export const AuditCheckpoint = Type.Object(
  {
    seq: Type.Integer(),
    hash: Type.String(),
    timeMs: Type.Integer(),
    kid: Type.String(),
    publicKey: Type.String(),
    signature: Type.String(),
  },
  closed,
);
export type AuditCheckpoint = Static<typeof AuditCheckpoint>;

const Time = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,3})?)?Z)?$',
  description: 'ISO 8601, in UTC',
});

const filters = {
  actor: Type.Optional(Type.String({ maxLength: 256, description: 'Name or id of the user' })),
  action: Type.Optional(Type.String({ maxLength: 64, description: 'As "file.read", or all of a kind as "file"' })),
  space: Type.Optional(Type.String({ maxLength: 128 })),
  path: Type.Optional(Type.String({ maxLength: 4096, description: 'The path, and all below it' })),
  without: Type.Optional(Type.Literal('looks', { description: 'Leaves out what only lists and looks, which is most' })),
  outcome: Type.Optional(Type.String({ maxLength: 64, description: '"ok", "refused" for all that is not, or a code' })),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
};

export const AuditQuery = Type.Object(
  {
    ...filters,
    cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  },
  closed,
);
export type AuditQuery = Static<typeof AuditQuery>;

/** `names` has the present names of the users whose ids stand as subjects; they are no part of the chain. */
export const AuditPage = Type.Object(
  { entries: Type.Array(AuditEntry), names: Type.Record(Type.String(), Type.String()), nextCursor: nullable(Type.String()) },
  closed,
);
export type AuditPage = Static<typeof AuditPage>;

/** A chain is proven whole, so JSON is never filtered. */
export const AuditExportQuery = Type.Object({ format: Type.Union([Type.Literal('json'), Type.Literal('csv')]) }, closed);
export type AuditExportQuery = Static<typeof AuditExportQuery>;

/** What an entry's hash is taken over. */
export function chainText(previousHash: string, entry: Omit<AuditEntry, 'hash'>): string {
  const { seq, timeMs, actorId, actorName, via, address, action, space, path, subject, outcome, requestId } = entry;
  return JSON.stringify([previousHash, seq, timeMs, actorId, actorName, via, address, action, space, path, subject, outcome, requestId]);
}

/** What a checkpoint's signature is over. */
export function checkpointText({ seq, hash, timeMs, kid }: Omit<AuditCheckpoint, 'publicKey' | 'signature'>): string {
  return JSON.stringify(['netstore-audit-checkpoint', seq, hash, timeMs, kid]);
}

/**
 * Commit: one operation, from a gateway to the primary.
 *
 *   COMMIT → · COMMITTED ←              the outcome, once two full members hold it; a rejection is an outcome too
 *   COMMIT → · BLOBS_MISSING ←          no member has these: put them again, then send the same COMMIT
 *   GET_OPERATION → · COMMITTED ← or OPERATION_UNKNOWN ←
 *
 * The same operation id again gives the first outcome, whatever else the message says, unless the fingerprint differs.
 */
import { ReplicaCount } from '@netstore/shared-types';
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition, MIB } from '../message-definition.ts';
import { EntryRow } from './entry.ts';
import {
  BlobIdField,
  Count,
  Epoch,
  ErrorCodeField,
  Hash,
  message,
  nullable,
  OperationIdField,
  RequestIdField,
  Seq,
  Text,
  UserIdField,
} from './fields.ts';
import { Operation } from './operation.ts';

export const Commit = message({
  requestId: RequestIdField,
  operationId: OperationIdField,
  /** Hash of what the client asked for; another one under the same operation id is NS_OPERATION_ID_REUSED. */
  fingerprint: Hash,
  /** How long the outcome is kept for retries. */
  retentionMs: Count,
  author: UserIdField,
  operation: Operation,
});
export type Commit = Static<typeof Commit>;

/** What one record of a purge freed. */
export const Purged = message({
  /** Those named that were in the trash, or were being purged already. */
  entries: Count,
  files: Count,
  versions: Count,
  /** The sizes of those versions: what the space uses less now. */
  bytes: Count,
  /** Nothing of what was named is left to be freed by further records. */
  isComplete: Type.Boolean(),
});
export type Purged = Static<typeof Purged>;

const accepted = { isAccepted: Type.Literal(true), entry: nullable(EntryRow), isCreated: Type.Boolean() };

/**
 * `entry`: what is at the path afterwards; null when nothing is (delete, purge, discard). `isCreated`: nothing was there before.
 * `purged` is there for purges alone.
 */
export const Outcome = Type.Union([
  message(accepted),
  message({ ...accepted, purged: Purged }),
  message({
    isAccepted: Type.Literal(false),
    code: ErrorCodeField,
    message: Text(1024),
  }),
]);
export type Outcome = Static<typeof Outcome>;

export const Committed = message({
  seq: Seq,
  epoch: Epoch,
  /** Hash of what was asked under this operation id. */
  fingerprint: Hash,
  outcome: Outcome,
  /** Members that hold the record and its blobs durably now. */
  replicas: ReplicaCount,
  /** The operation had been committed before this request came. */
  isReplay: Type.Boolean(),
});
export type Committed = Static<typeof Committed>;

export const BLOBS_MISSING_MAX = 4096;

/** At most `BLOBS_MISSING_MAX` at a time: there may be more after these. */
export const BlobsMissing = message({
  blobIds: Type.Array(BlobIdField, {
    minItems: 1,
    maxItems: BLOBS_MISSING_MAX,
  }),
});
export type BlobsMissing = Static<typeof BlobsMissing>;

export const GetOperation = message({
  requestId: RequestIdField,
  operationId: OperationIdField,
});
export type GetOperation = Static<typeof GetOperation>;

export const OperationUnknown = message({});
export type OperationUnknown = Static<typeof OperationUnknown>;

export const COMMIT_MESSAGES = {
  COMMIT: {
    type: 0x20,
    schema: Commit,
    payloadBytesMax: 4 * MIB,
    source: ['gateway'],
    target: ['primary'],
    purpose: 'Asks for one operation to be logged and applied.',
  },
  COMMITTED: {
    type: 0x21,
    schema: Committed,
    payloadBytesMax: 16 * KIB,
    source: ['primary'],
    target: ['gateway'],
    purpose: 'Gives the outcome of an operation, once two full members hold it.',
  },
  BLOBS_MISSING: {
    type: 0x22,
    schema: BlobsMissing,
    payloadBytesMax: 256 * KIB,
    source: ['primary'],
    target: ['gateway'],
    purpose: 'Names blobs that no member has: put them, then commit again.',
  },
  GET_OPERATION: {
    type: 0x23,
    schema: GetOperation,
    payloadBytesMax: KIB,
    source: ['gateway'],
    target: ['primary'],
    purpose: 'Asks for the outcome of an operation without asking for the operation.',
  },
  OPERATION_UNKNOWN: {
    type: 0x24,
    schema: OperationUnknown,
    payloadBytesMax: KIB,
    source: ['primary'],
    target: ['gateway'],
    purpose: 'Says that no operation with this id was committed.',
  },
} as const satisfies Record<string, MessageDefinition>;

/** What the records of the log say: CBOR maps, checked against these schemas when written and when read back. */

import { decodeCbor, encodeCbor, fields, Operation } from '@netstore/wire-protocol';
import type { Static } from 'typebox';
import { Type } from 'typebox';

/** The first record of every epoch. The members are the full members from this record on. */
export const NewEpochPayload = fields.message({
  epoch: fields.Epoch,
  primary: fields.NodeIdField,
  clusterId: fields.ClusterIdField,
  members: Type.Array(fields.message({ nodeId: fields.NodeIdField, incarnation: fields.IncarnationField }), { maxItems: fields.NODES_MAX }),
});
export type NewEpochPayload = Static<typeof NewEpochPayload>;

/** One operation as a gateway committed it. The record's time is the operation's. */
export const OperationPayload = fields.message({
  operationId: fields.OperationIdField,
  fingerprint: fields.Hash,
  retentionMs: fields.Count,
  author: fields.UserIdField,
  operation: Operation,
});
export type OperationPayload = Static<typeof OperationPayload>;

export const encodeNewEpoch = (payload: NewEpochPayload): Uint8Array => encodeCbor(NewEpochPayload, payload);
export const decodeNewEpoch = (bytes: Uint8Array): NewEpochPayload => decodeCbor(NewEpochPayload, bytes);
export const encodeOperation = (payload: OperationPayload): Uint8Array => encodeCbor(OperationPayload, payload);
export const decodeOperation = (bytes: Uint8Array): OperationPayload => decodeCbor(OperationPayload, bytes);

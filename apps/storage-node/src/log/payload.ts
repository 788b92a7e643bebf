/** What the records of the log say: CBOR maps, checked against these schemas when written and when read back. */

import { decodeCbor, encodeCbor, fields, Operation } from '@netstore/wire-protocol';
import type { Static } from 'typebox';
import { Type } from 'typebox';

const MemberList = Type.Array(fields.message({ nodeId: fields.NodeIdField, incarnation: fields.IncarnationField }), {
  maxItems: fields.NODES_MAX,
});

/** Most records that one activation may declare void. */
export const ABORTED_MAX = 8192;

/** The first record of every epoch. The members are the full members from this record on. */
export const NewEpochPayload = fields.message({
  epoch: fields.Epoch,
  primary: fields.NodeIdField,
  clusterId: fields.ClusterIdField,
  members: MemberList,
  /** Earlier records that have no effect: puts that were never committed, and whose blobs two members proved never to have had. */
  aborted: Type.Array(fields.Seq, { maxItems: ABORTED_MAX }),
});
export type NewEpochPayload = Static<typeof NewEpochPayload>;

/** A new disk takes the place of a node's old one. `members`: all full members once this record is committed. */
export const JoinPayload = fields.message({ nodeId: fields.NodeIdField, incarnation: fields.IncarnationField, members: MemberList });
export type JoinPayload = Static<typeof JoinPayload>;

/** What the primary's catalogue was at `seq`, which was applied when this record was proposed: every node compares its own. */
export const CheckpointPayload = fields.message({ seq: fields.Seq, digest: fields.Hash });
export type CheckpointPayload = Static<typeof CheckpointPayload>;

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
export const encodeJoin = (payload: JoinPayload): Uint8Array => encodeCbor(JoinPayload, payload);
export const decodeJoin = (bytes: Uint8Array): JoinPayload => decodeCbor(JoinPayload, bytes);
export const encodeCheckpoint = (payload: CheckpointPayload): Uint8Array => encodeCbor(CheckpointPayload, payload);
export const decodeCheckpoint = (bytes: Uint8Array): CheckpointPayload => decodeCbor(CheckpointPayload, bytes);
export const encodeOperation = (payload: OperationPayload): Uint8Array => encodeCbor(OperationPayload, payload);
export const decodeOperation = (bytes: Uint8Array): OperationPayload => decodeCbor(OperationPayload, bytes);

/**
 * Membership, on the control connection: how a cluster forms, once, and what a node promises.
 *
 *   GET_IDENTITY → · IDENTITY ←
 *   FORM → · FORMED ←                   only to a blank node, or to one that was formed with the same cluster id
 *   REQUEST_PROMISE → · PROMISE ←       durable before it is sent
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition, MIB } from '../message-definition.ts';
import { ClusterIdField, Epoch, Hash, IncarnationField, LogPosition, message, NodeIdField, NodeList, nullable, Seq } from './fields.ts';

/** Most records above the commit point that one promise describes. */
export const PROMISE_RECORDS_MAX = 8192;

export const GetIdentity = message({});
export type GetIdentity = Static<typeof GetIdentity>;

export const Identity = message({
  /** Has neither identity nor log: it may take part in forming a cluster, and may not vote. */
  isBlank: Type.Boolean(),
  clusterId: nullable(ClusterIdField),
  incarnation: nullable(IncarnationField),
  /** The configured nodes in their order. */
  nodes: NodeList,
  /** 0 when the log is empty. */
  lastSeq: Seq,
});
export type Identity = Static<typeof Identity>;

export const Form = message({ clusterId: ClusterIdField, nodes: NodeList });
export type Form = Static<typeof Form>;

export const Formed = message({ incarnation: IncarnationField });
export type Formed = Static<typeof Formed>;

export const RequestPromise = message({ epoch: Epoch, candidate: NodeIdField });
export type RequestPromise = Static<typeof RequestPromise>;

/** One record above the commit point, as the promiser has it. */
const RecordState = message({
  seq: Seq,
  epoch: Epoch,
  hash: Hash,
  isDamaged: Type.Boolean(),
});

export const PromiseAnswer = message({
  epoch: Epoch,
  candidate: NodeIdField,
  lastEpoch: Epoch,
  /** Who opened `lastEpoch`; null when the log is empty. Only that node's own log tells what of the epoch is committed. */
  lastPrimary: nullable(NodeIdField),
  last: LogPosition,
  /** The highest position this node knows to be committed. */
  commit: LogPosition,
  /** The highest position this node has ever acknowledged; it holds it unless its log is damaged. */
  acknowledged: LogPosition,
  records: Type.Array(RecordState, { maxItems: PROMISE_RECORDS_MAX }),
});
export type PromiseAnswer = Static<typeof PromiseAnswer>;

export const MEMBERSHIP_MESSAGES = {
  GET_IDENTITY: {
    type: 0x50,
    schema: GetIdentity,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Asks whether a node is blank or which cluster it belongs to.',
  },
  IDENTITY: {
    type: 0x51,
    schema: Identity,
    payloadBytesMax: 2 * KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Says which cluster, incarnation and configuration a node has.',
  },
  FORM: {
    type: 0x52,
    schema: Form,
    payloadBytesMax: 2 * KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Asks a blank node to become a member of a new cluster.',
  },
  FORMED: {
    type: 0x53,
    schema: Formed,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Says that the identity is written.',
  },
  REQUEST_PROMISE: {
    type: 0x54,
    schema: RequestPromise,
    payloadBytesMax: KIB,
    source: ['candidate'],
    target: ['node'],
    purpose: 'Asks for the durable promise to accept no lower epoch.',
  },
  PROMISE: {
    type: 0x55,
    schema: PromiseAnswer,
    payloadBytesMax: 2 * MIB,
    source: ['node'],
    target: ['candidate'],
    purpose: 'Gives the promise and states the log of the promiser.',
  },
} as const satisfies Record<string, MessageDefinition>;

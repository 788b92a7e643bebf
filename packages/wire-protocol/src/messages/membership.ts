/**
 * Membership, on the control connection: how a cluster forms, once, and what a node promises.
 *
 *   GET_IDENTITY → · IDENTITY ←
 *   FORM → · FORMED ←                   only to a blank node, or to one that was formed with the same cluster id
 *   ADOPT → · FORMED ←                  only to a blank node: it becomes a learner of a cluster that is there
 *   REQUEST_PREVOTE → · PREVOTE ←       binds nobody: whether a promise would be given
 *   REQUEST_PROMISE → · PROMISE ←       durable before it is sent
 *   HAND_OVER → · HANDED_OVER ←         the primary asks the receiver to stand, and steps down
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition, MIB } from '../message-definition.ts';
import {
  ClusterIdField,
  Count,
  Epoch,
  Hash,
  IncarnationField,
  LogPosition,
  message,
  NodeIdField,
  NodeList,
  nullable,
  Seq,
  Text,
} from './fields.ts';

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

export const Adopt = message({ clusterId: ClusterIdField, nodes: NodeList });
export type Adopt = Static<typeof Adopt>;

/** Grows with every promise and acknowledgement that a disk was made to hold: a disk that shows a lower one than before went back in time. */
export const Generation = Count;

export const RequestPrevote = message({ epoch: Epoch, candidate: NodeIdField, generation: Generation });
export type RequestPrevote = Static<typeof RequestPrevote>;

export const Prevote = message({
  isGranted: Type.Boolean(),
  /** For people; null when it is granted. */
  reason: nullable(Text(1024)),
  /** What the asked node has promised: a candidate stands above it. */
  promisedEpoch: Epoch,
  generation: Generation,
});
export type Prevote = Static<typeof Prevote>;

export const HandOver = message({ epoch: Epoch, primary: NodeIdField });
export type HandOver = Static<typeof HandOver>;

export const HandedOver = message({});
export type HandedOver = Static<typeof HandedOver>;

export const RequestPromise = message({ epoch: Epoch, candidate: NodeIdField, generation: Generation });
export type RequestPromise = Static<typeof RequestPromise>;

/** One record above the commit point, as the promiser has it. What it never had is not in the list. */
const RecordState = message({ seq: Seq, hash: Hash });

export const PromiseAnswer = message({
  epoch: Epoch,
  candidate: NodeIdField,
  lastEpoch: Epoch,
  last: LogPosition,
  /** The highest position this node knows to be committed. */
  commit: LogPosition,
  /** The highest position this node has acknowledged. Above `last`: its log is damaged, and what is missing up to here it once held. */
  acknowledged: LogPosition,
  generation: Generation,
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
  ADOPT: {
    type: 0x58,
    schema: Adopt,
    payloadBytesMax: 2 * KIB,
    source: ['primary'],
    target: ['node'],
    purpose: 'Asks a blank node to become a learner of this cluster.',
  },
  REQUEST_PREVOTE: {
    type: 0x59,
    schema: RequestPrevote,
    payloadBytesMax: KIB,
    source: ['candidate'],
    target: ['node'],
    purpose: 'Asks whether a promise would be given, before any epoch is raised.',
  },
  PREVOTE: {
    type: 0x5a,
    schema: Prevote,
    payloadBytesMax: 2 * KIB,
    source: ['node'],
    target: ['candidate'],
    purpose: 'Says whether a promise would be given; binds nobody.',
  },
  HAND_OVER: {
    type: 0x5b,
    schema: HandOver,
    payloadBytesMax: KIB,
    source: ['primary'],
    target: ['secondary'],
    purpose: 'Asks a secondary that has everything to stand for primary now.',
  },
  HANDED_OVER: {
    type: 0x5c,
    schema: HandedOver,
    payloadBytesMax: KIB,
    source: ['secondary'],
    target: ['primary'],
    purpose: 'Says that the secondary stands.',
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

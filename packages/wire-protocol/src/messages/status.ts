/**
 * Status: what a node knows of itself and, when it is primary, of its peers.
 *
 *   GET_STATUS → · STATUS ←
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { ClusterIdField, Count, Epoch, message, NODES_MAX, NodeIdField, nullable, RequestIdField, Seq, Text, TimeMs } from './fields.ts';
import { ScrubSummary } from './scrub.ts';

export const GetStatus = message({ requestId: RequestIdField });
export type GetStatus = Static<typeof GetStatus>;

export const NodeRole = Type.Union([Type.Literal('primary'), Type.Literal('secondary'), Type.Literal('learner')]);
export type NodeRole = Static<typeof NodeRole>;

/** Blobs that applied records refer to and that this node does not hold yet. */
export const Debt = message({
  blobs: Count,
  bytes: Count,
  /** Every blob that records up to this seq refer to is held. */
  heldSeq: Seq,
});
export type Debt = Static<typeof Debt>;

export const Space = message({ usedBytes: Count, freeBytes: Count });
export type Space = Static<typeof Space>;

export const PeerStatus = message({
  nodeId: NodeIdField,
  isConnected: Type.Boolean(),
  isMember: Type.Boolean(),
  /** Null until it said so in this epoch. */
  ackedSeq: nullable(Seq),
  debt: nullable(Debt),
  lastHeardAtMs: nullable(TimeMs),
  /** Why the node is not counted on, for people; null when it is. */
  reason: nullable(Text(512)),
});
export type PeerStatus = Static<typeof PeerStatus>;

export const Status = message({
  nodeId: NodeIdField,
  clusterId: nullable(ClusterIdField),
  role: NodeRole,
  epoch: Epoch,
  primary: nullable(NodeIdField),
  /** Whether another node takes over by itself when the primary is silent. */
  failover: Type.Union([Type.Literal('automatic'), Type.Literal('manual')]),
  /** It can order and commit writes now: active, with another full member that answers. */
  canCommit: Type.Boolean(),
  lastSeq: Seq,
  commitSeq: Seq,
  appliedSeq: Seq,
  debt: Debt,
  space: Space,
  /** Why this node takes no new bytes, or soon will not, for people; null while its disk has room. It serves all the same. */
  diskProblem: nullable(Text(512)),
  scrub: ScrubSummary,
  /** Copies and other files that were found wrong and moved to quarantine/, and are still there. */
  quarantined: Count,
  /** By the clock of this node: what depends on time is decided only while two clocks agree. */
  nowMs: TimeMs,
  /** Files whose copies are not all known to be held; null when this node is not primary. */
  filesAtRisk: nullable(Count),
  peers: Type.Array(PeerStatus, { maxItems: NODES_MAX }),
  /** Why it is not ready, for people; null when it is. */
  reason: nullable(Text(1024)),
});
export type Status = Static<typeof Status>;

export const STATUS_MESSAGES = {
  GET_STATUS: {
    type: 0x40,
    schema: GetStatus,
    payloadBytesMax: KIB,
    source: ['gateway', 'node', 'operator'],
    target: ['node'],
    purpose: 'Asks a node about itself.',
  },
  STATUS: {
    type: 0x41,
    schema: Status,
    payloadBytesMax: 16 * KIB,
    source: ['node'],
    target: ['gateway', 'node', 'operator'],
    purpose: 'Says what a node knows of itself and, as primary, of its peers.',
  },
} as const satisfies Record<string, MessageDefinition>;

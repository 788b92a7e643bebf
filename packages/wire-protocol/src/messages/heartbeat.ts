/**
 * Heartbeat, on the control connection from the primary to each secondary.
 *
 *   HEARTBEAT → · HEARTBEAT_ACK ←
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Count, Epoch, IncarnationField, LogPosition, message, NODES_MAX, NodeIdField, nullable, Seq } from './fields.ts';
import { Generation } from './membership.ts';
import { Debt } from './status.ts';

/** Disks that one heartbeat may speak of: those of all nodes, and some that were replaced. */
export const DISKS_MAX = 2 * NODES_MAX;

const DiskSeen = message({
  nodeId: NodeIdField,
  incarnation: IncarnationField,
  generation: Generation,
  isRefused: Type.Boolean(),
});
export type DiskSeen = Static<typeof DiskSeen>;

export const Heartbeat = message({
  epoch: Epoch,
  primary: NodeIdField,
  commit: LogPosition,
  /** What each full member that answers is known to hold whole, the primary itself included: so that any node can say how many copies a file has. */
  held: Type.Array(message({ nodeId: NodeIdField, heldSeq: Seq }), { maxItems: NODES_MAX }),
  /** The highest generation that each disk has shown, and whether it is refused: so that every node knows when a disk goes back in time. */
  disks: Type.Array(DiskSeen, { maxItems: DISKS_MAX }),
});
export type Heartbeat = Static<typeof Heartbeat>;

/** Of the blobs that a node lacks, those of which both others say that they do not hold them either. */
const LostBlobs = message({
  blobs: Count,
  /** Every blob that records up to this seq refer to is held or lost. */
  heldSeq: Seq,
});
export type LostBlobs = Static<typeof LostBlobs>;

export const HeartbeatAck = message({
  epoch: Epoch,
  acknowledged: LogPosition,
  generation: Generation,
  appliedSeq: Seq,
  debt: Debt,
  /** Null while none is known to be lost, and of a full member, which waits for none. */
  lost: nullable(LostBlobs),
  /** It takes no new bytes until there is room on its disk. */
  isDiskFull: Type.Boolean(),
});
export type HeartbeatAck = Static<typeof HeartbeatAck>;

export const HEARTBEAT_MESSAGES = {
  HEARTBEAT: {
    type: 0x56,
    schema: Heartbeat,
    payloadBytesMax: 8 * KIB,
    source: ['primary'],
    target: ['secondary'],
    purpose: 'Says who is primary and what is committed.',
  },
  HEARTBEAT_ACK: {
    type: 0x57,
    schema: HeartbeatAck,
    payloadBytesMax: KIB,
    source: ['secondary'],
    target: ['primary'],
    purpose: 'Says how far the secondary is.',
  },
} as const satisfies Record<string, MessageDefinition>;

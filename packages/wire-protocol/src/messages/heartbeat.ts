/**
 * Heartbeat, on the control connection from the primary to each secondary.
 *
 *   HEARTBEAT → · HEARTBEAT_ACK ←
 */
import type { Static } from 'typebox';
import { Epoch, LogPosition, message, NodeIdField, Seq } from './fields.ts';
import { Debt, Space } from './status.ts';

export const Heartbeat = message({ epoch: Epoch, primary: NodeIdField, commit: LogPosition });
export type Heartbeat = Static<typeof Heartbeat>;

export const HeartbeatAck = message({ epoch: Epoch, acknowledged: LogPosition, appliedSeq: Seq, debt: Debt, space: Space });
export type HeartbeatAck = Static<typeof HeartbeatAck>;

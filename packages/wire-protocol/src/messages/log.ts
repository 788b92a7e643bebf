/**
 * The log stream, from the primary to each secondary on a connection of its own. Many appends are in flight, as many
 * as fit in the window; acknowledgements are cumulative.
 *
 *   LOG_OPEN → · LOG_POSITION ← · then LOG_APPEND → and LOG_ACK ← as they come, until the connection ends
 *
 * A record that the secondary has already is passed over when its hash is the same. When it differs, the secondary
 * moves its own suffix from there on aside, never below the commit point.
 */
import type { Static } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Bytes, Epoch, Hash, LogPosition, message, NodeIdField, Seq } from './fields.ts';

/** Bytes of appends that may be on their way without an acknowledgement. One append may be larger and then goes alone. */
export const LOG_WINDOW_BYTES = 4 * 1024 * 1024;
/** Encoded records in one append: one put of the largest manifest fits. */
export const LOG_APPEND_RECORDS_BYTES_MAX = 4 * 1024 * 1024;

export const LogOpen = message({
  epoch: Epoch,
  primary: NodeIdField,
  commit: LogPosition,
});
export type LogOpen = Static<typeof LogOpen>;

export const LogPositionAnswer = message({
  promisedEpoch: Epoch,
  lastEpoch: Epoch,
  last: LogPosition,
  commit: LogPosition,
});
export type LogPositionAnswer = Static<typeof LogPositionAnswer>;

export const LogAppend = message({
  epoch: Epoch,
  commitSeq: Seq,
  /** The record before the first of `records`. */
  prevSeq: Seq,
  prevHash: Hash,
  /** Encoded records, one after the other, byte for byte as in the log. None: only the commit point moves. */
  records: Bytes(0, LOG_APPEND_RECORDS_BYTES_MAX),
});
export type LogAppend = Static<typeof LogAppend>;

/** "This node holds all records up to here durably, and the blobs of those above the commit point it knows." */
export const LogAck = message({
  epoch: Epoch,
  acknowledged: LogPosition,
  /** Every blob that records up to here refer to is held: at most `acknowledged.seq`, less while older blobs are missing. */
  heldSeq: Seq,
});
export type LogAck = Static<typeof LogAck>;

export const LOG_MESSAGES = {
  LOG_OPEN: {
    type: 0x60,
    schema: LogOpen,
    payloadBytesMax: KIB,
    source: ['primary'],
    target: ['secondary'],
    purpose: 'Opens the log stream of an epoch.',
  },
  LOG_POSITION: {
    type: 0x61,
    schema: LogPositionAnswer,
    payloadBytesMax: KIB,
    source: ['secondary'],
    target: ['primary'],
    purpose: 'Says where the log of the secondary ends.',
  },
  LOG_APPEND: {
    type: 0x62,
    schema: LogAppend,
    payloadBytesMax: LOG_APPEND_RECORDS_BYTES_MAX + KIB,
    source: ['primary'],
    target: ['secondary'],
    purpose: 'Carries records, or only a new commit point.',
  },
  LOG_ACK: {
    type: 0x63,
    schema: LogAck,
    payloadBytesMax: KIB,
    source: ['secondary'],
    target: ['primary'],
    purpose: 'Acknowledges all records up to a position.',
  },
} as const satisfies Record<string, MessageDefinition>;

/**
 * The log stream, from the primary to each secondary on a connection of its own. Many appends are in flight, as many
 * as fit in the window; acknowledgements are cumulative.
 *
 *   LOG_OPEN → · LOG_POSITION ← · then LOG_APPEND → and LOG_ACK ← as they come, until the connection ends
 *
 *   GET_LOG → · LOG_RECORDS ←            outside the stream: a candidate fetches what it lacks from whoever promised
 *   GET_BLOB_STATES → · BLOB_STATES ←    what a node itself has of some blobs
 *
 * A record that the secondary has already is passed over when its hash is the same. When it differs, the secondary
 * moves its own suffix from there on aside, never below the commit point.
 */
import type { Static } from 'typebox';
import { BLOB_ID_BYTES } from '../manifest.ts';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Bytes, Count, Epoch, Hash, LogPosition, message, NodeIdField, Seq } from './fields.ts';

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
  /** Of the secondary's disk. */
  generation: Count,
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

/** From `fromSeq` on, as many whole records as fit in `bytesMax`, at least one if there is one. */
export const GetLog = message({ fromSeq: Seq, bytesMax: Count });
export type GetLog = Static<typeof GetLog>;

export const LogRecords = message({
  /** The hash of the record before the first of `records`. */
  prevHash: Hash,
  records: Bytes(0, LOG_APPEND_RECORDS_BYTES_MAX),
});
export type LogRecords = Static<typeof LogRecords>;

export const BLOB_STATES_MAX = 4096;

/** Packed blob ids, `manifest.ts`. */
export const GetBlobStates = message({ blobIds: Bytes(BLOB_ID_BYTES, BLOB_ID_BYTES * BLOB_STATES_MAX) });
export type GetBlobStates = Static<typeof GetBlobStates>;

/** `damaged`: it was held, and its bytes are bad or gone. `absent`: there is no trace of it. */
export const BLOB_STATES = ['absent', 'held', 'damaged'] as const;
export type BlobState = (typeof BLOB_STATES)[number];

/** One byte a blob, in the order asked for: its place in `BLOB_STATES`. */
export const BlobStates = message({ states: Bytes(1, BLOB_STATES_MAX) });
export type BlobStates = Static<typeof BlobStates>;

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
  GET_LOG: {
    type: 0x64,
    schema: GetLog,
    payloadBytesMax: KIB,
    source: ['candidate'],
    target: ['node'],
    purpose: 'Asks for records of the log outside a stream.',
  },
  LOG_RECORDS: {
    type: 0x65,
    schema: LogRecords,
    payloadBytesMax: LOG_APPEND_RECORDS_BYTES_MAX + KIB,
    source: ['node'],
    target: ['candidate'],
    purpose: 'Gives records of the log.',
  },
  GET_BLOB_STATES: {
    type: 0x66,
    schema: GetBlobStates,
    payloadBytesMax: BLOB_ID_BYTES * BLOB_STATES_MAX + KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Asks what a node itself has of some blobs.',
  },
  BLOB_STATES: {
    type: 0x67,
    schema: BlobStates,
    payloadBytesMax: BLOB_STATES_MAX + KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Says of each blob whether it is held, damaged or absent.',
  },
} as const satisfies Record<string, MessageDefinition>;

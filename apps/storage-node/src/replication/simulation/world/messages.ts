/** What goes over connections. Names as in the wire protocol. */
import type { NodeId } from '@netstore/shared-types';
import type { BlobTrace } from '../../core/void-records.ts';
import type { DiskSeen } from './disk-seen.ts';
import type { Position, SimOperation, SimRecord } from './record.ts';

/** What a node states of its log. */
export interface LogStatement {
  readonly lastEpoch: number;
  readonly last: Position;
  readonly commit: Position;
  /** The last acknowledged position. */
  readonly acknowledged: Position;
  readonly generation: number;
  readonly records: readonly Position[];
}

export interface FoundEntry {
  /** The seq of the put; 0 when there is nothing at the path. */
  readonly version: number;
  readonly appliedSeq: number;
}

export interface SimOutcome {
  /** Of the record that decided. */
  readonly seq: number;
  readonly isAccepted: boolean;
}

export interface HeartbeatAck {
  readonly name: 'HEARTBEAT_ACK';
  readonly epoch: number;
  readonly generation: number;
  readonly appliedSeq: number;
  readonly isDiskFull: boolean;
}

export type Message =
  | { readonly name: 'REQUEST_PREVOTE'; readonly epoch: number; readonly candidate: NodeId; readonly generation: number }
  | { readonly name: 'PREVOTE'; readonly isGranted: boolean; readonly promisedEpoch: number; readonly generation: number }
  | { readonly name: 'REQUEST_PROMISE'; readonly epoch: number; readonly candidate: NodeId; readonly generation: number }
  | { readonly name: 'PROMISE'; readonly epoch: number; readonly candidate: NodeId; readonly statement: LogStatement }
  | { readonly name: 'HEARTBEAT'; readonly epoch: number; readonly primary: NodeId; readonly disks: readonly DiskSeen[] }
  | HeartbeatAck
  | { readonly name: 'HAND_OVER'; readonly epoch: number; readonly primary: NodeId }
  | { readonly name: 'HANDED_OVER' }
  | { readonly name: 'LOG_OPEN'; readonly epoch: number; readonly primary: NodeId }
  | { readonly name: 'LOG_POSITION'; readonly last: Position; readonly commit: Position; readonly generation: number }
  | {
      readonly name: 'LOG_APPEND';
      readonly epoch: number;
      readonly commitSeq: number;
      readonly previous: Position;
      readonly records: readonly SimRecord[];
    }
  | { readonly name: 'LOG_ACK'; readonly epoch: number; readonly acknowledged: Position; readonly heldSeq: number }
  | { readonly name: 'GET_LOG'; readonly fromSeq: number; readonly countMax: number }
  | { readonly name: 'LOG_RECORDS'; readonly previous: Position; readonly records: readonly SimRecord[] }
  | { readonly name: 'GET_BLOB_STATES'; readonly blobIds: readonly string[] }
  | { readonly name: 'BLOB_STATES'; readonly states: readonly BlobTrace[] }
  | { readonly name: 'ADOPT' }
  | { readonly name: 'FORMED' }
  | { readonly name: 'PUT_BLOB'; readonly blobId: string; readonly epoch: number | null }
  | { readonly name: 'BLOB_HELD'; readonly blobId: string }
  | { readonly name: 'READ_BLOB'; readonly blobId: string }
  | { readonly name: 'READ_BLOB_END'; readonly blobId: string }
  | { readonly name: 'COMMIT'; readonly operation: SimOperation }
  | { readonly name: 'COMMITTED'; readonly outcome: SimOutcome }
  | { readonly name: 'BLOBS_MISSING'; readonly blobIds: readonly string[] }
  | { readonly name: 'GET_ENTRY'; readonly path: string; readonly minSeq: number | null }
  | { readonly name: 'ENTRY'; readonly found: FoundEntry }
  | { readonly name: 'PROMOTE' }
  | { readonly name: 'PROMOTED' }
  | { readonly name: 'REPLACE'; readonly nodeId: NodeId }
  | { readonly name: 'REPLACING'; readonly isAlreadyMember: boolean }
  | { readonly name: 'FAIL'; readonly code: string; readonly reason: string; readonly epoch: number };

export type MessageName = Message['name'];
export type MessageOf<Name extends MessageName> = Extract<Message, { readonly name: Name }>;

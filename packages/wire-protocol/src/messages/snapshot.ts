/**
 * Snapshot: a copy of one node's catalogue at one applied record, for a node that is behind where the log begins, or has lost its own.
 *
 *   GET_SNAPSHOT → · SNAPSHOT ← · DATA ← (one a chunk, in order) · SNAPSHOT_END ←
 *
 * Chunks are checked like those of a blob whose id is the snapshot's. The node that is asked keeps a snapshot for a while, so that a
 * broken transfer goes on where it stopped; when it has none of that id any more it offers another, from its first chunk on.
 */
import type { Static } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { BlobIdField, Count, Epoch, Hash, LogPosition, message, nullable } from './fields.ts';

export const GetSnapshot = message({
  /** Of the one that was begun; null for any. */
  snapshotId: nullable(BlobIdField),
  /** Counts when that snapshot is still there. */
  firstChunk: Count,
});
export type GetSnapshot = Static<typeof GetSnapshot>;

export const Snapshot = message({
  snapshotId: BlobIdField,
  /** The first chunk that follows. */
  firstChunk: Count,
  /** The last record that is applied in it. */
  position: LogPosition,
  /** Of that record. */
  epoch: Epoch,
  /** Of the catalogue at that record, as checkpoints give it. */
  digest: Hash,
  sizeBytes: Count,
  /** Of the file. */
  sha256: Hash,
});
export type Snapshot = Static<typeof Snapshot>;

export const SnapshotEnd = message({});
export type SnapshotEnd = Static<typeof SnapshotEnd>;

export const SNAPSHOT_MESSAGES = {
  GET_SNAPSHOT: {
    type: 0x68,
    schema: GetSnapshot,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Asks for a copy of the catalogue.',
  },
  SNAPSHOT: {
    type: 0x69,
    schema: Snapshot,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Says which copy follows, at which record it is, and how to prove it.',
  },
  SNAPSHOT_END: {
    type: 0x6a,
    schema: SnapshotEnd,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['node'],
    purpose: 'Says that the last chunk was sent.',
  },
} as const satisfies Record<string, MessageDefinition>;

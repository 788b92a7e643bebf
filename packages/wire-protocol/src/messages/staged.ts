/**
 * Staged: sealed blobs that a node has had in staging for long. The primary asks, because a node lets nothing go by its own judgement.
 *
 *   GET_STAGED → · STAGED ←
 */
import type { Static } from 'typebox';
import { BLOB_ID_BYTES } from '../manifest.ts';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Bytes, Count, message, TimeMs } from './fields.ts';
import { DISCARD_BLOBS_MAX } from './operation.ts';

export const GetStaged = message({
  /** By the clock of the node that answers. */
  sealedForMs: Count,
});
export type GetStaged = Static<typeof GetStaged>;

/** As many as one discard may name, in any order: there may be more. */
export const Staged = message({
  /** By the clock that their age was measured with. */
  nowMs: TimeMs,
  /** Packed ids, 16 bytes each. */
  blobIds: Bytes(0, BLOB_ID_BYTES * DISCARD_BLOBS_MAX),
});
export type Staged = Static<typeof Staged>;

export const STAGED_MESSAGES = {
  GET_STAGED: {
    type: 0x27,
    schema: GetStaged,
    payloadBytesMax: KIB,
    source: ['primary'],
    target: ['node'],
    purpose: 'Asks which sealed blobs have been in staging for long.',
  },
  STAGED: {
    type: 0x28,
    schema: Staged,
    payloadBytesMax: 65 * KIB,
    source: ['node'],
    target: ['primary'],
    purpose: 'Names them; the primary knows whether anything refers to them.',
  },
} as const satisfies Record<string, MessageDefinition>;

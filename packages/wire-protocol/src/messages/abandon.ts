/**
 * Abandon: staged blobs of an upload that will never be committed. The primary answers at once and discards them by a
 * logged operation.
 *
 *   ABANDON → · ABANDONED ←
 */
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { BlobIdField, message, RequestIdField } from './fields.ts';
import { DISCARD_BLOBS_MAX } from './operation.ts';

export const Abandon = message({
  requestId: RequestIdField,
  blobIds: Type.Array(BlobIdField, {
    minItems: 1,
    maxItems: DISCARD_BLOBS_MAX,
  }),
});
export type Abandon = Static<typeof Abandon>;

export const Abandoned = message({});
export type Abandoned = Static<typeof Abandoned>;

export const ABANDON_MESSAGES = {
  ABANDON: {
    type: 0x25,
    schema: Abandon,
    payloadBytesMax: 256 * KIB,
    source: ['gateway'],
    target: ['primary'],
    purpose: 'Names staged blobs that will never be committed.',
  },
  ABANDONED: {
    type: 0x26,
    schema: Abandoned,
    payloadBytesMax: KIB,
    source: ['primary'],
    target: ['gateway'],
    purpose: 'Says that the blobs will be discarded.',
  },
} as const satisfies Record<string, MessageDefinition>;

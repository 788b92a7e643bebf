/** Failure: the answer in place of any other, with a code of the one error table. It ends the conversation. */
import type { Static } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Epoch, ErrorCodeField, message, NodeIdField, nullable, Text } from './fields.ts';

export const FAILURE_TEXT_BYTES_MAX = 2048;

export const Failure = message({
  code: ErrorCodeField,
  /** For people: what was expected and what was found. */
  message: Text(FAILURE_TEXT_BYTES_MAX),
  /** The epoch the sender has promised, so that a stale peer learns of it; null where epochs play no part. */
  epoch: nullable(Epoch),
  /** Whom the sender takes for the primary. */
  primary: nullable(NodeIdField),
});
export type Failure = Static<typeof Failure>;

export const FAILURE_MESSAGES = {
  FAILURE: {
    type: 0x05,
    schema: Failure,
    payloadBytesMax: 4 * KIB,
    source: ['peer'],
    target: ['peer'],
    purpose: 'Takes the place of any answer and ends the conversation.',
  },
} as const satisfies Record<string, MessageDefinition>;

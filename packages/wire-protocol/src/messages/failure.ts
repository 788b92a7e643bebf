/** Failure: the answer in place of any other, with a code of the one error table. It ends the conversation. */
import { type Static, Type } from 'typebox';
import { Epoch, ErrorCodeField, message, NodeIdField, nullable } from './fields.ts';

export const Failure = message({
  code: ErrorCodeField,
  /** For people: what was expected and what was found. */
  message: Type.String({ maxLength: 2048 }),
  /** The epoch the sender has promised, so that a stale peer learns of it; null where epochs play no part. */
  epoch: nullable(Epoch),
  /** Whom the sender takes for the primary. */
  primary: nullable(NodeIdField),
});
export type Failure = Static<typeof Failure>;

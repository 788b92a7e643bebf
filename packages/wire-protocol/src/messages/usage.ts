/**
 * How much spaces take, as nodes tell gateways before bytes flow. The commit judges quotas; this spares the bytes of what cannot pass.
 *
 *   GET_USAGE → · USAGE ←
 */
import { QUOTA_SPACES_MAX } from '@netstore/shared-types';
import { type Static, Type } from 'typebox';
import { KIB, type MessageDefinition } from '../message-definition.ts';
import { Count, Epoch, message, nullable, RequestIdField, Seq, SpaceIdField } from './fields.ts';
import { QUOTAS_MAX } from './operation.ts';

/** Those of all quotas that one write can carry. */
export const USAGE_SPACES_MAX = QUOTAS_MAX * QUOTA_SPACES_MAX;

export const GetUsage = message({
  requestId: RequestIdField,
  spaces: Type.Array(SpaceIdField, { minItems: 1, maxItems: USAGE_SPACES_MAX }),
  allowStale: Type.Boolean(),
  /** The newest state that whoever asks has seen. Null: the present one is asked for. */
  minSeq: nullable(Seq),
});
export type GetUsage = Static<typeof GetUsage>;

/** `bytes`: what all versions in each space take, in the order of the question; 0 for one in which nothing was ever written. */
export const UsageAnswer = message({
  appliedSeq: Seq,
  epoch: Epoch,
  isStale: Type.Boolean(),
  bytes: Type.Array(Count, { minItems: 1, maxItems: USAGE_SPACES_MAX }),
});
export type UsageAnswer = Static<typeof UsageAnswer>;

export const USAGE_MESSAGES = {
  GET_USAGE: {
    type: 0x3c,
    schema: GetUsage,
    payloadBytesMax: 32 * KIB,
    source: ['gateway'],
    target: ['node'],
    purpose: 'Asks how much some spaces take.',
  },
  USAGE: {
    type: 0x3d,
    schema: UsageAnswer,
    payloadBytesMax: 16 * KIB,
    source: ['node'],
    target: ['gateway'],
    purpose: 'Says how much they take.',
  },
} as const satisfies Record<string, MessageDefinition>;

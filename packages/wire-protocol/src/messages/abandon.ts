/**
 * Abandon: staged blobs of an upload that will never be committed. The primary answers at once and discards them by a
 * logged operation.
 *
 *   ABANDON → · ABANDONED ←
 */
import { type Static, Type } from 'typebox';
import { BlobIdField, message, RequestIdField } from './fields.ts';
import { DISCARD_BLOBS_MAX } from './operation.ts';

export const Abandon = message({ requestId: RequestIdField, blobIds: Type.Array(BlobIdField, { minItems: 1, maxItems: DISCARD_BLOBS_MAX }) });
export type Abandon = Static<typeof Abandon>;

export const Abandoned = message({});
export type Abandoned = Static<typeof Abandoned>;

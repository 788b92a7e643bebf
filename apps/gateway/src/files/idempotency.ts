/**
 * What makes a write happen at most once: an operation id, which is the same for every repetition of a request with the same
 * `Idempotency-Key`, and a fingerprint of what was asked, so that a key used for something else is found out.
 */
import { createHash } from 'node:crypto';
import { NetStoreError, newOperationId, type OperationId, parseOperationId } from '@netstore/shared-types';

const KEY = /^[\x21-\x7e]{1,255}$/;
const RETENTION_WITH_KEY_MS = 24 * 60 * 60 * 1000;
/** Long enough for the gateway's own retries. */
const RETENTION_WITHOUT_KEY_MS = 15 * 60 * 1000;

export interface OperationIdentity {
  readonly operationId: OperationId;
  /** 32 bytes. */
  readonly fingerprint: Uint8Array;
  readonly retentionMs: number;
  /** The client may have sent the same request before. */
  readonly mayBeRepeated: boolean;
}

/** The `Idempotency-Key` of a request. Throws `NS_BAD_REQUEST` for one that is not 1 to 255 visible ASCII characters. */
export function parseIdempotencyKey(headers: { readonly [name: string]: string | string[] | undefined }): string | undefined {
  const field = headers['idempotency-key'];
  if (field === undefined || (typeof field === 'string' && KEY.test(field))) return field;
  throw new NetStoreError('NS_BAD_REQUEST', 'Idempotency-Key is malformed: expected 1 to 255 visible ASCII characters');
}

export interface OperationFacts {
  /** Whose keys these are: two with the same key have nothing to do with each other. */
  readonly actor: string;
  readonly key: string | undefined;
  /** Which of the operations of one request, from 0. */
  readonly part?: number;
  /** All that the request asks for, except the bytes of a body: those are compared by their digest. */
  readonly asked: readonly unknown[];
}

export function identifyOperation({ actor, key, part = 0, asked }: OperationFacts): OperationIdentity {
  const fingerprint = createHash('sha256').update(JSON.stringify(asked)).digest();
  if (key === undefined) {
    return { operationId: newOperationId(), fingerprint, retentionMs: RETENTION_WITHOUT_KEY_MS, mayBeRepeated: false };
  }
  const digest = createHash('sha256')
    .update(JSON.stringify([actor, key, part]))
    .digest('hex');
  return { operationId: parseOperationId(digest.slice(0, 32)), fingerprint, retentionMs: RETENTION_WITH_KEY_MS, mayBeRepeated: true };
}

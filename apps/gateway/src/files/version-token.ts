/**
 * Version tokens: the number of the newest record that an answer may show, as `X-NetStore-Version`. A client that sends back the newest
 * it has seen never reads an older state than that, from whichever node. Clients need to know one thing of a token: of two, the
 * longer is the later, and of two that are equally long the one that sorts later.
 */
import { NetStoreError } from '@netstore/shared-types';

export const VERSION_HEADER = 'x-netstore-version';

const RADIX = 36;
/** No leading zeros, so that the order of tokens is the order of their numbers. */
const TOKEN = /^(?:0|[1-9a-z][0-9a-z]{0,10})$/;

export function formatVersionToken(seq: number): string {
  return seq.toString(RADIX);
}

/** The record that a client has seen; null when it does not say. Throws `NS_BAD_REQUEST` for what was never given out. */
export function seenSeqOf(headers: { readonly [name: string]: string | string[] | undefined }): number | null {
  const field = headers[VERSION_HEADER];
  if (field === undefined) return null;
  const seq = typeof field === 'string' && TOKEN.test(field) ? Number.parseInt(field, RADIX) : Number.NaN;
  if (Number.isSafeInteger(seq)) return seq;
  throw new NetStoreError('NS_BAD_REQUEST', 'X-NetStore-Version is malformed: expected the field of an earlier answer');
}

/** Byte ranges of RFC 9110, section 14: which bytes of a file a request asks for. */
import { NetStoreError } from '@netstore/shared-types';

/** Both ends are inside. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const ONE_RANGE = /^bytes=\s*(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))\s*$/i;

/**
 * `undefined` means the whole file: no field, several ranges at once, another unit or nonsense, all of which a server may ignore.
 * Throws `NS_RANGE_NOT_SATISFIABLE` when no byte of the file lies in the range.
 */
export function parseByteRange(field: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = ONE_RANGE.exec(field ?? '');
  if (match === null) return undefined;
  const [, first, last, suffix] = match;
  if (first === undefined) return suffixRange(Number(suffix), sizeBytes);
  const range = { first: Number(first), last: Math.min(Number(last ?? Number.MAX_SAFE_INTEGER), sizeBytes - 1) };
  if (last !== undefined && Number(last) < range.first) return undefined;
  if (range.first >= sizeBytes) throw notSatisfiable(sizeBytes);
  return range;
}

export function rangeLength({ first, last }: ByteRange): number {
  return last - first + 1;
}

function suffixRange(lengthBytes: number, sizeBytes: number): ByteRange {
  if (lengthBytes === 0 || sizeBytes === 0) throw notSatisfiable(sizeBytes);
  return { first: Math.max(0, sizeBytes - lengthBytes), last: sizeBytes - 1 };
}

function notSatisfiable(sizeBytes: number): NetStoreError {
  return new NetStoreError('NS_RANGE_NOT_SATISFIABLE', `The file has ${sizeBytes} bytes: none of them is in the range`);
}

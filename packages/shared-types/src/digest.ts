/**
 * SHA-256 digests as hex, and the HTTP fields that carry them (RFC 9530). Computing them is the business of those who
 * have the bytes.
 */
import { NetStoreError } from './errors.ts';

declare const brand: unique symbol;
/** SHA-256 in lower-case hex, 64 characters. */
export type Sha256 = string & { readonly [brand]: 'Sha256' };

const HEX_256 = /^[0-9a-f]{64}$/;
/** A structured-field dictionary member `sha-256=:<base64 of 32 bytes>:`, maybe among others. */
const SHA_256_MEMBER = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?=,|$|;)/;

/** Throws `NS_BAD_REQUEST` when `text` is not 64 lower-case hex characters. */
export function parseSha256(text: string): Sha256 {
  if (!HEX_256.test(text))
    throw new NetStoreError('NS_BAD_REQUEST', `SHA-256 is malformed: expected 64 hex characters, got ${text.length}`);
  return text as Sha256;
}

/** The value of `Repr-Digest` or `Content-Digest` for these bytes. */
export function formatDigestField(sha256: Sha256): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
}

/**
 * The SHA-256 in a `Repr-Digest` or `Content-Digest` field; `undefined` when it names other algorithms only.
 * Throws `NS_BAD_REQUEST` when the field speaks of sha-256 and cannot be read.
 */
export function parseDigestField(field: string): Sha256 | undefined {
  const match = SHA_256_MEMBER.exec(field);
  if (match?.[1] !== undefined) return Buffer.from(match[1], 'base64').toString('hex') as Sha256;
  if (/(?:^|,)\s*sha-256\s*=/.test(field)) {
    throw new NetStoreError('NS_BAD_REQUEST', 'Digest field is malformed: expected sha-256=:<base64 of 32 bytes>:');
  }
  return undefined;
}

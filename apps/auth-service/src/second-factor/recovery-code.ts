/** Recovery codes: 128 random bits in groups of letters, for whoever lost the app. Only hashes of them are kept. */
import { createHash, randomBytes } from 'node:crypto';
import { toBase32 } from './base32.ts';

const BYTES = 16;
const GROUP = /.{1,4}/g;

export function newRecoveryCode(): string {
  return (toBase32(randomBytes(BYTES)).match(GROUP) ?? []).join('-');
}

/** The same for every way of typing it. A fast hash will do: there is nothing to guess in 128 random bits. */
export function hashRecoveryCode(typed: string): string {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '');
  return createHash('sha256').update(letters).digest('hex');
}

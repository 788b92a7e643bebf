/** Tokens that are given to a person once, in a link: 256 random bits, of which only a hash is kept. */
import { createHash, randomBytes } from 'node:crypto';

export function newOneTimeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A fast hash will do: there is nothing to guess in 256 random bits. */
export function hashOneTimeToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * Refresh tokens: 256 random bits the first time, afterwards each the HMAC of the one before. The successor can be computed again
 * for the grace period from the token that is presented, so no token is ever stored in clear. Without the key a stolen old token
 * gives away none of its successors, and without an old token the key gives away nothing.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';

export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

export function successorOf(token: string, key: Buffer): string {
  return createHmac('sha256', key).update(token).digest('base64url');
}

/** What the database knows a token by. A fast hash will do: there is nothing to guess in 256 random bits. */
export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

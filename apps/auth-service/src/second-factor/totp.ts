/**
 * Time-based one-time passwords (RFC 6238 over RFC 4226): HMAC-SHA-1 of the number of 30 s steps since 1970, cut down to six
 * digits. SHA-1 and six digits, because some apps ignore what a link says of other ones. Pure.
 */
import { createHmac } from 'node:crypto';
import { toBase32 } from './base32.ts';

const STEP_MS = 30_000;
const DIGITS = 6;
/** A code is taken one step early and one late: clocks differ, and typing takes a while. */
const STEPS_AROUND = 1;

export function stepAt(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS);
}

export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step near now, and later than `lastStep`, that the code belongs to; `undefined` for a wrong or used code. */
export function findStep(secret: Buffer, code: string, { nowMs, lastStep }: { nowMs: number; lastStep: number }): number | undefined {
  const now = stepAt(nowMs);
  for (let step = now - STEPS_AROUND; step <= now + STEPS_AROUND; step += 1) {
    if (step > lastStep && totpCode(secret, step) === code) return step;
  }
  return undefined;
}

/** What apps take from a link, or from a picture of it. */
export function totpUri(secret: Buffer, username: string): string {
  const query = new URLSearchParams({ secret: toBase32(secret), issuer: 'NetStore', algorithm: 'SHA1', digits: '6', period: '30' });
  return `otpauth://totp/NetStore:${encodeURIComponent(username)}?${query}`;
}

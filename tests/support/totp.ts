/** The authenticator app of a test: written again from RFC 6238, so that it does not share the mistakes of the service. */
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code for a secret in base32, now. */
export function totpNow(secret: string): string {
  const bits = Array.from(secret, (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Math.floor(Date.now() / 30_000)
    .toString(16)
    .padStart(16, '0');
  const digest = createHmac('sha1', key).update(Buffer.from(counter, 'hex')).digest('hex');
  const start = Number.parseInt(digest.slice(-1), 16) * 2;
  const number = Number.parseInt(digest.slice(start, start + 8), 16) % 2 ** 31;
  return String(number).slice(-6).padStart(6, '0');
}

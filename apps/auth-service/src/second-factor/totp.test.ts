import { describe, expect, test } from 'vitest';
import { toBase32 } from './base32.ts';
import { findStep, stepAt, totpCode, totpUri } from './totp.ts';

/** Of RFC 6238, appendix B, and RFC 4226, appendix D: the same secret. */
const SECRET = Buffer.from('12345678901234567890');

describe('a code', () => {
  // The RFC lists eight digits: the last six of them are ours.
  test.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('at %i s is as RFC 6238 says', (seconds, code) => {
    expect(totpCode(SECRET, stepAt(seconds * 1000))).toBe(code.slice(2));
  });

  test.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, counter) => [counter, code] as const,
    ),
  )('of counter %i is as RFC 4226 says', (counter, code) => {
    expect(totpCode(SECRET, counter)).toBe(code);
  });
});

describe('a presented code', () => {
  const nowMs = 1_000_000 * 30_000 + 12_345;
  const now = stepAt(nowMs);

  test('is taken one step around now', () => {
    for (const step of [now - 1, now, now + 1]) expect(findStep(SECRET, totpCode(SECRET, step), { nowMs, lastStep: 0 })).toBe(step);
  });

  test('is not taken further away: a clock that is ten minutes wrong is of no use', () => {
    for (const step of [now - 20, now - 2, now + 2, now + 20]) {
      expect(findStep(SECRET, totpCode(SECRET, step), { nowMs, lastStep: 0 })).toBeUndefined();
    }
  });

  test('is not taken when its step, or a later one, was used', () => {
    expect(findStep(SECRET, totpCode(SECRET, now), { nowMs, lastStep: now })).toBeUndefined();
    expect(findStep(SECRET, totpCode(SECRET, now - 1), { nowMs, lastStep: now })).toBeUndefined();
    expect(findStep(SECRET, totpCode(SECRET, now + 1), { nowMs, lastStep: now })).toBe(now + 1);
  });
});

describe('base32', () => {
  // RFC 4648, section 10, without the padding.
  test.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('of "%s" is "%s"', (text, encoded) => {
    expect(toBase32(Buffer.from(text))).toBe(encoded);
  });
});

test('the link for apps names issuer, user and secret', () => {
  expect(totpUri(SECRET, 'ada.l')).toBe(
    'otpauth://totp/NetStore:ada.l?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=NetStore&algorithm=SHA1&digits=6&period=30',
  );
});

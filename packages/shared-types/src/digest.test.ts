import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { formatDigestField, parseDigestField, parseSha256 } from './digest.ts';

const sha256 = parseSha256(createHash('sha256').update('hello').digest('hex'));
// The digest of "hello" in the form that RFC 9530 gives it.
const field = 'sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:';

describe('a digest field', () => {
  test('is written as RFC 9530 says', () => {
    expect(formatDigestField(sha256)).toBe(field);
  });

  test.each([field, `sha-512=:AAAA:, ${field}`, `${field}, sha-512=:AAAA:`])('is read: %s', (text) => {
    expect(parseDigestField(text)).toBe(sha256);
  });

  test('of other algorithms alone says nothing', () => {
    expect(parseDigestField('sha-512=:AAAA:')).toBeUndefined();
  });

  test.each(['sha-256=abc', 'sha-256=:AAAA:', 'sha-256="x"'])('that speaks of sha-256 and cannot be read is refused: %s', (text) => {
    expect(() => parseDigestField(text)).toThrow(expect.objectContaining({ code: 'NS_BAD_REQUEST' }));
  });
});

test.each(['', 'abc', sha256.toUpperCase(), `${sha256}0`])('"%s" is no SHA-256', (text) => {
  expect(() => parseSha256(text)).toThrow(expect.objectContaining({ code: 'NS_BAD_REQUEST' }));
});

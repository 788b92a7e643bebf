import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatApiKey, parseApiKey } from './api-key.ts';
import { newApiKeyId, parseApiKeyId } from './ids.ts';

const parts = () => ({ id: newApiKeyId(), secret: randomBytes(32).toString('hex') });

describe('an API key', () => {
  test('looks like this for ever: scanners of secrets and scripts go by it', () => {
    const id = parseApiKeyId('00112233445566778899aabbccddeeff');
    const key = formatApiKey({ id, secret: 'c0ffee00'.repeat(8) });
    expect(key).toBe(`nsk_00112233445566778899aabbccddeeff${'c0ffee00'.repeat(8)}c9f5f2b0`);
    expect(parseApiKey(key)).toEqual({ id, secret: 'c0ffee00'.repeat(8) });
  });

  test('comes back from its text', () => {
    for (let round = 0; round < 100; round += 1) {
      const made = parts();
      expect(parseApiKey(formatApiKey(made))).toEqual(made);
    }
  });

  test('is no key when any part of it is cut off', () => {
    const key = formatApiKey(parts());
    for (let length = 0; length < key.length; length += 1) {
      expect(parseApiKey(key.slice(0, length))).toBeUndefined();
      expect(parseApiKey(key.slice(key.length - length))).toBeUndefined();
    }
  });

  test('is no key when one character is another', () => {
    const key = formatApiKey(parts());
    fc.assert(
      fc.property(fc.nat({ max: key.length - 1 }), fc.constantFrom(...'0123456789abcdefgA_- \n'), (at, character) => {
        const other = key.slice(0, at) + character + key.slice(at + 1);
        expect(parseApiKey(other) !== undefined).toBe(other === key);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [' ', ''],
    ['', '\n'],
    ['', ' '],
    ['x', ''],
    ['', 'x'],
  ])('has nothing around it: %j, %j', (before, after) => {
    expect(parseApiKey(before + formatApiKey(parts()) + after)).toBeUndefined();
  });
});

import { expect, test } from 'vitest';
import { usageWords } from './usage.ts';

test.each([
  [{ usedBytes: 3_200_000_000, bytesMax: 10_000_000_000 }, '3.2 GB of 10 GB'],
  [{ usedBytes: 0, bytesMax: 10_000 }, '0 B of 10 kB'],
  [{ usedBytes: 12_000, bytesMax: null }, '12 kB used'],
])('what is known is said: %o', (figures, words) => {
  expect(usageWords(figures)).toBe(words);
});

test('what is not known is never said to be nothing', () => {
  expect(usageWords({ usedBytes: null, bytesMax: 10_000 })).toBe('Quota 10 kB');
  expect(usageWords({ usedBytes: null, bytesMax: null })).toBeUndefined();
});

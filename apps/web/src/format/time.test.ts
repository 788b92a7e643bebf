import { describe, expect, test } from 'vitest';
import { formatAge, formatDuration, formatSpan, formatUntil } from './time.ts';

const now = new Date(2026, 10, 22, 14, 0, 0).getTime();
const before = (ms: number): string => new Date(now - ms).toISOString();

describe('ages', () => {
  test.each([
    [10_000, 'just now'],
    [-30_000, 'just now'],
    [5 * 60_000, '5 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [13 * 3_600_000, 'today'],
    [15 * 3_600_000, 'yesterday'],
  ])('%d ms before now is "%s"', (ms, text) => {
    expect(formatAge(before(ms), now, 'en-GB')).toBe(text);
  });

  test('what is older has its date', () => {
    expect(formatAge(before(40 * 86_400_000), now, 'en-GB')).toBe('13 Oct 2026');
  });

  test('a time well in the future, from a clock that is wrong, has its date too', () => {
    expect(formatAge(before(-3 * 86_400_000), now, 'en-GB')).toBe('25 Nov 2026');
  });
});

describe('durations', () => {
  test.each([
    [0, '1 s'],
    [1200, '2 s'],
    [61_000, '1 min'],
    [3_600_000, '1 h'],
    [4_800_000, '1 h 20 min'],
  ])('%d ms is "%s"', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('the time left', () => {
  test.each([
    [30 * 86_400_000 - 1, 'in 29 days'],
    [2 * 86_400_000, 'in 2 days'],
    [2 * 86_400_000 - 1, 'in 47 h'],
    [2 * 3_600_000 - 1, 'in 119 min'],
    [60_000, 'in 1 min'],
    [59_999, 'any moment'],
    [-5 * 86_400_000, 'any moment'],
  ])('of %d ms is "%s"', (ms, text) => {
    expect(formatUntil(before(-ms), now)).toBe(text);
  });
});

test.each([
  [30 * 86_400_000, '30 days'],
  [43_200_000, '12 h'],
  [600_000, '10 min'],
])('a span of %d ms is "%s"', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});

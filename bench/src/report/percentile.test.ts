import { describe, expect, test } from 'vitest';
import { percentile } from './percentile.ts';

describe('percentile', () => {
  test('takes the nearest rank', () => {
    const sorted = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([50, 95, 99, 100].map((percent) => percentile(sorted, percent))).toEqual([50, 95, 99, 100]);
  });

  test('is the only sample when there is one', () => {
    expect([1, 50, 99].map((percent) => percentile([7], percent))).toEqual([7, 7, 7]);
  });

  test('refuses to speak about nothing', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });
});

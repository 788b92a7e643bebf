import { describe, expect, test } from 'vitest';
import { formatCount, formatPercent, formatSize } from './size.ts';

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1234, '1.2 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_999, '1 MB'],
    [48_000_000, '48 MB'],
    [2_147_483_648, '2.1 GB'],
    [9e15, '9 PB'],
  ])('%d bytes are "%s"', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  test('a count takes the plural except for one', () => {
    expect(formatCount(1, 'file')).toBe('1 file');
    expect(formatCount(0, 'file')).toBe('0 files');
    expect(formatCount(12_000, 'entry', 'entries')).toBe('12,000 entries');
  });

  test('a percentage reaches 100 only at the end', () => {
    expect(formatPercent(999_999, 1_000_000)).toBe('99 %');
    expect(formatPercent(1_000_000, 1_000_000)).toBe('100 %');
    expect(formatPercent(0, 0)).toBe('0 %');
  });
});

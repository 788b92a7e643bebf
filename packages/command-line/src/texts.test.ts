import { describe, expect, test } from 'vitest';
import { nearestOf } from './nearest.ts';
import { tableOf } from './table.ts';
import { formatBytes, formatCount, formatDuration } from './units.ts';

describe('a table', () => {
  test('has columns as wide as they need, whatever colours are in them', () => {
    expect(
      tableOf([
        ['a', 'bb', 'c'],
        ['\x1b[31maaa\x1b[39m', 'b', ''],
      ]),
    ).toBe('a    bb  c\n\x1b[31maaa\x1b[39m  b');
  });

  test('counts characters, not bytes', () => {
    expect(
      tableOf([
        ['ää', 'x'],
        ['a', 'y'],
      ]),
    ).toBe('ää  x\na   y');
  });
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1536, '1.5 KiB'],
  [120 * 1024 ** 3, '120 GiB'],
  [5 * 1024 ** 6, '5120 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts have their noun', () => {
  expect([formatCount(1, 'file'), formatCount(0, 'file'), formatCount(12_345, 'entry', 'entries')]).toEqual([
    '1 file',
    '0 files',
    '12,345 entries',
  ]);
});

test.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [7_200_000, '2 h'],
  [3 * 86_400_000, '3 d'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

describe('the word that was meant', () => {
  test.each([
    ['stauts', 'status'],
    ['STATUS', 'status'],
    ['scru', 'scrub'],
    ['expotr', 'export'],
  ])('by %s is %s', (word, meant) => {
    expect(nearestOf(word, ['status', 'scrub', 'export'])).toBe(meant);
  });

  test('is not known when nothing is near', () => {
    expect(nearestOf('elephant', ['status', 'scrub', 'export'])).toBeUndefined();
    expect(nearestOf('', ['status'])).toBeUndefined();
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSize, writeSize } from './read-size.ts';

test.each<[string, number | null]>([
  ['', null],
  ['  ', null],
  ['0', 0],
  ['500 MB', 500_000_000],
  ['500mb', 500_000_000],
  ['1.5 TB', 1_500_000_000_000],
  ['1,5 GB', 1_500_000_000],
  ['1000', 1000],
  ['12 B', 12],
])('“%s” means %s bytes', (text, bytes) => {
  expect(readSize(text)).toBe(bytes);
});

test.each(['-1', 'ten', '10 XB', '1.2.3 GB', '99999 PB', 'GB'])('“%s” is no size', (text) => {
  expect(readSize(text)).toBeUndefined();
});

test('what is written is read back, to the byte', () => {
  expect(writeSize(null)).toBe('');
  expect(writeSize(20_000_000_000)).toBe('20 GB');
  expect(writeSize(1_500_000_000)).toBe('1.5 GB');
  expect(writeSize(1_234_567)).toBe('1234.567 kB');
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      expect(readSize(writeSize(bytes))).toBe(bytes);
    }),
  );
});

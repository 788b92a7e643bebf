import { NAME_BYTES_MAX, parseFilePath } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { distinctNames } from './distinct-names.ts';

test('a file comes under its name, then with a number, and after eight with a mark that nobody can have thought of', () => {
  const names = [...distinctNames('photo.jpg')];
  expect(names.slice(0, 8)).toEqual(['photo.jpg', ...[2, 3, 4, 5, 6, 7, 8].map((number) => `photo (${number}).jpg`)]);
  expect(names.slice(8)).toEqual([
    expect.stringMatching(/^photo \([0-9a-v]{10}\)\.jpg$/),
    expect.stringMatching(/^photo \([0-9a-v]{10}\)\.jpg$/),
  ]);
  expect(new Set(names).size).toBe(10);
});

test.each(['README', '.profile', 'archive.tar.gz', 'a.thing that somebody wrote after a dot'])('of %j as well', (name) => {
  const [, second = ''] = distinctNames(name);
  expect(second).toContain('(2)');
  expect(second.replace(' (2)', '')).toBe(name);
});

test.each(['x', '漢', '😀'])('none is longer than a name may be, and no character is cut in two: %s', (character) => {
  for (const name of [character.repeat(300), `${character.repeat(300)}.jpg`, `a.${character.repeat(300)}`]) {
    const [, ...others] = distinctNames(name);
    for (const other of others) {
      expect(Buffer.byteLength(other)).toBeLessThanOrEqual(NAME_BYTES_MAX);
      expect(parseFilePath(other)).toBe(other);
      expect(other.isWellFormed()).toBe(true);
    }
  }
});

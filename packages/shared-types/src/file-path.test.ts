import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FILE_PATH_BYTES_MAX, FILE_PATH_DEPTH_MAX, NAME_BYTES_MAX, parseFilePath, parseFolderPath, splitPath } from './file-path.ts';

const refusal = (path: string) => {
  try {
    parseFilePath(path);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a path is taken', () => {
  test.each([
    'a',
    'a/b/c.txt',
    'Grüße an Zoë.txt',
    '写真/二〇二六.jpg',
    '...',
    '.hidden',
    'a b',
    '-rf',
    'CON',
    'name.',
    '%2e%2e',
    'emoji 👩‍👩‍👧.png',
  ])('%s', (path) => {
    expect(parseFilePath(path)).toBe(path.normalize('NFC'));
  });

  test('at the limits of name, path and depth', () => {
    expect(refusal('n'.repeat(NAME_BYTES_MAX))).toBeUndefined();
    expect(refusal(Array(FILE_PATH_DEPTH_MAX).fill('d').join('/'))).toBeUndefined();
    expect(refusal(`${`${'n'.repeat(255)}/`.repeat(15)}${'n'.repeat(255)}`)).toBeUndefined();
  });

  test('and brought to NFC, so that one name has one spelling', () => {
    expect(parseFilePath('Cafe\u0301')).toBe('Caf\u00e9');
  });
});

describe('a path is refused', () => {
  test.each([
    ['nothing', ''],
    ['a leading slash', '/a'],
    ['a trailing slash', 'a/'],
    ['an empty name within', 'a//b'],
    ['the parent', '..'],
    ['the parent within', 'a/../b'],
    ['the folder itself', 'a/./b'],
    ['a NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['a delete character', 'a\u007f'],
    ['text that runs the other way', 'invoice\u202efdp.exe'],
    ['half a character', 'a\ud800'],
    ['a name of 256 bytes', 'n'.repeat(NAME_BYTES_MAX + 1)],
    ['a name of 128 characters and 256 bytes', 'é'.repeat(128)],
    [
      '65 levels',
      Array(FILE_PATH_DEPTH_MAX + 1)
        .fill('d')
        .join('/'),
    ],
    ['4,097 bytes', `${`${'n'.repeat(240)}/`.repeat(17)}`.slice(0, FILE_PATH_BYTES_MAX + 1)],
  ])('with %s', (_, path) => {
    expect(refusal(path)).toMatchObject({ code: 'NS_BAD_PATH' });
  });
});

test('the root is a folder and no file', () => {
  expect(splitPath(parseFolderPath(''))).toEqual([]);
  expect(refusal('')).toMatchObject({ code: 'NS_BAD_PATH' });
});

test('whatever is taken has sound names only, and is taken again unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      if (refusal(text) !== undefined) return;
      const path = parseFilePath(text);
      expect(parseFilePath(path)).toBe(path);
      expect(splitPath(path).every((name) => name !== '' && name !== '.' && name !== '..')).toBe(true);
    }),
  );
});

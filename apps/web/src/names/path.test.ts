import { describe, expect, test } from 'vitest';
import {
  ancestorsOf,
  encodePath,
  folderAddress,
  isInside,
  isTrashAddress,
  joinPath,
  nameOf,
  parentOf,
  readFolderAddress,
  trashAddress,
} from './path.ts';

describe('paths', () => {
  test('joining to the root adds no slash', () => {
    expect(joinPath('', 'a.txt')).toBe('a.txt');
    expect(joinPath('x/y', 'a.txt')).toBe('x/y/a.txt');
  });

  test('a path divides into its folder and its name', () => {
    expect([parentOf('x/y/a'), nameOf('x/y/a')]).toEqual(['x/y', 'a']);
    expect([parentOf('a'), nameOf('a')]).toEqual(['', 'a']);
  });

  test('a folder that only begins alike does not contain a path', () => {
    expect(isInside('photos/a', 'photos')).toBe(true);
    expect(isInside('photos-2/a', 'photos')).toBe(false);
    expect(isInside('photos', 'photos')).toBe(false);
    expect(isInside('a', '')).toBe(true);
  });

  test('the ancestors lead from the top down to the path itself', () => {
    expect(ancestorsOf('')).toEqual([]);
    expect(ancestorsOf('a/b/c')).toEqual(['a', 'a/b', 'a/b/c']);
  });
});

describe('addresses', () => {
  test.each(['100% sure?', 'a#b/c&d=e', 'müde/日本語', 'space home/+plus', 'per%2Fcent', '😀'])(
    'the folder "%s" comes back from its address',
    (folder) => {
      const address = folderAddress('home-ada', folder);
      expect(readFolderAddress(address)).toEqual({ space: 'home-ada', folder });
      expect(new URL(address, 'http://host').pathname).toBe(address);
    },
  );

  test('the root of a space has no trailing slash, and one is forgiven', () => {
    expect(folderAddress('home-ada', '')).toBe('/spaces/home-ada');
    expect(readFolderAddress('/spaces/home-ada/')).toEqual({ space: 'home-ada', folder: '' });
  });

  test.each(['/', '/spaces/', '/spaces', '/cluster', '/spaces/a/%zz'])('"%s" names no folder', (pathname) => {
    expect(readFolderAddress(pathname)).toBeUndefined();
  });

  test('a lone surrogate is encoded instead of thrown at the user', () => {
    expect(encodePath('a\ud800b')).toBe('a%EF%BF%BDb');
  });

  test('the trash of a space has one of its own', () => {
    expect(trashAddress('home-ann')).toBe('/trash/home-ann');
    expect([isTrashAddress(trashAddress('a b')), isTrashAddress(folderAddress('trash', ''))]).toEqual([true, false]);
  });
});

import { NetStoreError, parseFilePath } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { BAD_NAMES } from '../testing/bad-names.ts';
import { encodePath, pathFromUrl } from './url-path.ts';

const fromUrl = (path: string): string => pathFromUrl(`/api/v1/spaces/home/files/${path}`, 5);

describe('the path in a URL', () => {
  test.each([
    ['a', 'a'],
    ['a/b.txt', 'a/b.txt'],
    ['a%20b', 'a b'],
    ['%C3%BC', 'ü'],
    ['u%CC%88', 'ü'],
    ['a%2520b', 'a%20b'],
    ['100%25', '100%'],
    ['...', '...'],
    ['..%2e', '...'],
    ['.hidden', '.hidden'],
    ['a?query=/../x', 'a'],
    ['%3Fnot-a-query', '?not-a-query'],
    ['a%5Cb', 'a\\b'],
    ['%252e%252e/x', '%2e%2e/x'],
    ['n'.repeat(255), 'n'.repeat(255)],
  ])('%s is %s', (url, path) => {
    expect(fromUrl(url)).toBe(path);
  });

  test('comes back as it went', () => {
    const path = parseFilePath('a b/ü?#%/..x/"\'<>&;=+,@:$');
    expect(fromUrl(encodePath(path))).toBe(path);
  });

  test('is refused for each of at least 200 bad names', () => {
    expect(new Set(BAD_NAMES).size).toBeGreaterThanOrEqual(200);
    for (const name of BAD_NAMES) {
      expect(() => fromUrl(name), JSON.stringify(name)).toThrow(expect.objectContaining({ code: 'NS_BAD_PATH' }));
    }
  });

  test('is refused with the one error that the API knows', () => {
    expect(() => fromUrl('..')).toThrow(NetStoreError);
  });
});

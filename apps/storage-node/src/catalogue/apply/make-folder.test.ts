import { describe, expect, test } from 'vitest';
import { makeFolder, put, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

describe('making a folder', () => {
  test('makes those on the way too', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.accept(makeFolder('a/b/c'))).toEqual({
      isAccepted: true,
      isCreated: true,
      entry: { path: 'a/b/c', modifiedAtMs: START_MS + 1000, file: null, replicas: null },
    });
    expect(catalogue.tree()).toEqual(['a/', 'a/b/', 'a/b/c/']);
  });

  test.each([
    ['a folder is there', 'folder', 'NS_ALREADY_EXISTS'],
    ['a file is there', 'file', 'NS_PATH_IS_FILE'],
    ['a file is on the way', 'file/below', 'NS_PATH_IS_FILE'],
    ['the path breaks a rule', 'a/./b', 'NS_BAD_PATH'],
    ['the path is the root', '', 'NS_BAD_PATH'],
  ])('is rejected when %s', (_, path, code) => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(makeFolder('folder'));
    catalogue.accept(put('file'));
    const before = catalogue.tree();
    expect(catalogue.codeOf(makeFolder(path))).toBe(code);
    expect(catalogue.tree()).toEqual(before);
  });
});

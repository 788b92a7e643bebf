import { COPY_ENTRIES_MAX } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { blobRef, copy, makeFolder, put, SPACE, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

function filled(...paths: string[]): ScratchCatalogue {
  const catalogue = new ScratchCatalogue();
  for (const [index, path] of paths.entries()) {
    catalogue.accept(path.endsWith('/') ? makeFolder(path.slice(0, -1)) : put(path, { refs: [blobRef(index + 1)] }));
  }
  return catalogue;
}

describe('a copy', () => {
  test('of a file is a file of its own with the same bytes and only the current version', () => {
    using catalogue = filled('a', 'a');
    const outcome = catalogue.accept(copy('a', 'x/b'));
    expect(outcome.isCreated).toBe(true);
    expect(outcome.entry).toMatchObject({
      path: 'x/b',
      modifiedAtMs: START_MS + 3000,
      file: { version: '3', contentId: 2, sizeBytes: 100 },
    });
    const { versions } = catalogue.opened.getEntry({ space: SPACE, path: 'x/b' as never, withVersions: true });
    expect(versions).toHaveLength(1);
    expect(catalogue.rows('SELECT contentId, refs FROM contents')).toEqual([
      { contentId: 1, refs: 1 },
      { contentId: 2, refs: 2 },
    ]);
    catalogue.accept(put('a'));
    expect(catalogue.entry('x/b')?.file?.contentId).toBe(2);
  });

  test('of a folder copies all below it; every file gets a version of its own', () => {
    using catalogue = filled('a/z', 'a/b/c', 'a/d', 'a/empty/');
    catalogue.accept(copy('a', 'copied'));
    const below = ['b/', 'b/c', 'empty/', 'd', 'z'];
    expect(catalogue.tree()).toEqual(['a/', ...below.map((path) => `a/${path}`), 'copied/', ...below.map((path) => `copied/${path}`)]);
    const versions = ['d', 'z', 'b/c'].map((path) => catalogue.entry(`copied/${path}`)?.file?.version);
    expect(versions).toEqual(['5', '5-1', '5-2']);
    expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual([{ bytes: 600, files: 6 }]);
  });

  test('of the file that it copies can be told from it by its version', () => {
    using catalogue = filled('a/b', 'a/c');
    catalogue.accept(copy('a', 'x'));
    const file = catalogue.opened.getFile({ space: SPACE, path: 'x/c' as never, version: '3-1' as never, firstByte: 0 });
    expect(file.entry?.file?.contentId).toBe(2);
    expect(catalogue.opened.getFile({ space: SPACE, path: 'x/c' as never, version: '3' as never, firstByte: 0 }).entry).toBeNull();
  });

  test.each([
    ['nothing is there', 'absent', 'b', 'fail', 'NS_NOT_FOUND'],
    ['it would go below itself', 'folder', 'folder/sub/b', 'fail', 'NS_CONFLICT'],
    ['it would replace itself', 'folder', 'folder', 'replace', 'NS_CONFLICT'],
    ['it would replace the folder it is in', 'folder/sub', 'folder', 'replace', 'NS_CONFLICT'],
    ['something is there', 'file', 'file', 'fail', 'NS_ALREADY_EXISTS'],
    ['a file is on the way', 'folder', 'file/b', 'fail', 'NS_PATH_IS_FILE'],
    ['a file would replace a folder', 'file', 'folder', 'replace', 'NS_PATH_IS_FOLDER'],
    ['a folder would replace a file', 'folder', 'file', 'replace', 'NS_PATH_IS_FILE'],
  ] as const)('is rejected when %s', (...row) => {
    const [, from, to, ifExists, code] = row;
    using catalogue = filled('file', 'folder/sub/in');
    const before = catalogue.tree();
    expect(catalogue.codeOf(copy(from, to, ifExists))).toBe(code);
    expect(catalogue.tree()).toEqual(before);
  });

  test('beside itself, keeping both, is a duplicate', () => {
    using catalogue = filled('a/report.tar.gz');
    expect(catalogue.accept(copy('a/report.tar.gz', 'a/report.tar.gz', 'keep-both')).entry?.path).toBe('a/report (2).tar.gz');
    expect(catalogue.accept(copy('a', 'a', 'keep-both')).entry?.path).toBe('a (2)');
  });

  test('that replaces sends what was there to the trash', () => {
    using catalogue = filled('a/new', 'b/old');
    expect(catalogue.accept(copy('a', 'b', 'replace')).isCreated).toBe(false);
    expect(catalogue.tree()).toEqual(['a/', 'a/new', 'b/', 'b/new']);
    expect(catalogue.rows('SELECT path FROM trash')).toEqual([{ path: 'b' }]);
  });

  test('makes as many entries as one copy may, and not one more', { timeout: 60_000 }, () => {
    using catalogue = new ScratchCatalogue();
    const puts = Array.from({ length: COPY_ENTRIES_MAX - 1 }, (_, index) => catalogue.chain.operation(put(`a/${index}`)));
    catalogue.applyRecords(puts);
    catalogue.accept(copy('a', 'b'));
    expect(catalogue.query('SELECT count(*) FROM entries WHERE isFile = 1')).toBe(2 * (COPY_ENTRIES_MAX - 1));
    catalogue.accept(put('a/one more'));
    expect(catalogue.codeOf(copy('a', 'c'))).toBe('NS_TOO_MANY_ENTRIES');
    expect(catalogue.entry('c')).toBeNull();
  });

  test('of a folder whose paths would become too long is rejected', () => {
    using catalogue = filled(Array(63).fill('d').join('/'), 'x/y/');
    expect(catalogue.codeOf(copy('d', 'x/d'))).toBe('accepted');
    expect(catalogue.codeOf(copy('d', 'x/y/d'))).toBe('NS_BAD_PATH');
    expect(catalogue.codeOf(copy('x', 'z'))).toBe('accepted');
    expect(catalogue.codeOf(copy('x', 'y/z'))).toBe('NS_BAD_PATH');
  });
});

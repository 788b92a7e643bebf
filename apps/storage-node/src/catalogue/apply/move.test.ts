import { describe, expect, test } from 'vitest';
import { blobRef, makeFolder, move, put, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

function filled(...paths: string[]): ScratchCatalogue {
  const catalogue = new ScratchCatalogue();
  for (const path of paths) catalogue.accept(path.endsWith('/') ? makeFolder(path.slice(0, -1)) : put(path));
  return catalogue;
}

describe('a move', () => {
  test('gives a file another place, makes the folders on the way and keeps versions and time', () => {
    using catalogue = filled('a', 'a');
    const outcome = catalogue.accept(move('a', 'x/y/b'));
    expect(outcome.isCreated).toBe(true);
    expect(outcome.entry).toMatchObject({ path: 'x/y/b', modifiedAtMs: START_MS + 2000, file: { version: '2' } });
    const { versions } = catalogue.opened.getEntry({ space: 'a'.repeat(32) as never, path: 'x/y/b' as never, withVersions: true });
    expect(versions.map(({ version }) => version)).toEqual(['2', '1']);
    expect(catalogue.tree()).toEqual(['x/', 'x/y/', 'x/y/b']);
  });

  test('of a folder takes all below it along', () => {
    using catalogue = filled('a/b/c', 'a/d');
    expect(catalogue.accept(move('a', 'z')).entry).toEqual({ path: 'z', modifiedAtMs: START_MS + 2000, file: null, replicas: null });
    expect(catalogue.tree()).toEqual(['z/', 'z/b/', 'z/b/c', 'z/d']);
  });

  test('marks both folders as changed', () => {
    using catalogue = filled('from/a', 'to/b');
    catalogue.accept(move('from/a', 'to/a'));
    expect(catalogue.entry('from')?.modifiedAtMs).toBe(START_MS + 3000);
    expect(catalogue.entry('to')?.modifiedAtMs).toBe(START_MS + 3000);
  });

  test('onto itself succeeds and changes nothing', () => {
    using catalogue = filled('a');
    expect(catalogue.accept(move('a', 'a'))).toMatchObject({ isCreated: false, entry: { path: 'a' } });
    expect(catalogue.codeOf(move('b', 'b'))).toBe('NS_NOT_FOUND');
  });

  test('can change letter case alone', () => {
    using catalogue = filled('readme', 'Docs/a');
    catalogue.accept(move('readme', 'README'));
    catalogue.accept(move('Docs', 'docs'));
    expect(catalogue.tree()).toEqual(['docs/', 'docs/a', 'README']);
  });

  test.each([
    ['nothing is there', 'absent', 'b', 'NS_NOT_FOUND'],
    ['a file is on the way to it', 'file/below', 'b', 'NS_NOT_FOUND'],
    ['it would go below itself', 'folder', 'folder/below/b', 'NS_CONFLICT'],
    ['something is at the new path', 'file', 'folder', 'NS_ALREADY_EXISTS'],
    ['a file is on the new way', 'folder', 'file/b', 'NS_PATH_IS_FILE'],
    ['the old path breaks a rule', '', 'b', 'NS_BAD_PATH'],
    ['the new path breaks a rule', 'file', 'b/..', 'NS_BAD_PATH'],
  ])('is rejected when %s', (_, from, to, code) => {
    using catalogue = filled('file', 'folder/in');
    const before = catalogue.tree();
    expect(catalogue.codeOf(move(from, to))).toBe(code);
    expect(catalogue.tree()).toEqual(before);
  });

  test('a name that only begins alike is not below', () => {
    using catalogue = filled('a/x');
    expect(catalogue.codeOf(move('a', 'ab/c'))).toBe('accepted');
  });

  describe('onto something, replacing it', () => {
    test('sends a file to the trash', () => {
      using catalogue = filled('a', 'b');
      expect(catalogue.accept(move('a', 'b', 'replace'))).toMatchObject({ isCreated: false, entry: { path: 'b', file: { version: '1' } } });
      expect(catalogue.tree()).toEqual(['b']);
      expect(catalogue.rows('SELECT path FROM trash')).toEqual([{ path: 'b' }]);
    });

    test('sends a folder with all below it to the trash', () => {
      using catalogue = filled('a/new', 'b/old', 'b/c/old');
      catalogue.accept(move('a', 'b', 'replace'));
      expect(catalogue.tree()).toEqual(['b/', 'b/new']);
      expect(catalogue.query('SELECT count(*) FROM trash')).toBe(1);
    });

    test.each([
      ['a file a folder', 'file', 'folder', 'NS_PATH_IS_FOLDER'],
      ['a folder a file', 'folder', 'file', 'NS_PATH_IS_FILE'],
      ['an entry the folder it is in', 'folder/sub', 'folder', 'NS_CONFLICT'],
    ])('cannot replace: %s', (_, from, to, code) => {
      using catalogue = filled('file', 'folder/sub/in');
      expect(catalogue.codeOf(move(from, to, 'replace'))).toBe(code);
      expect(catalogue.tree()).toEqual(['folder/', 'folder/sub/', 'folder/sub/in', 'file']);
    });
  });

  describe('onto something, keeping both', () => {
    test('takes the first free number', () => {
      using catalogue = filled('a.txt', 'x/a.txt', 'x/a (2).txt');
      expect(catalogue.accept(move('a.txt', 'x/a.txt', 'keep-both'))).toMatchObject({ isCreated: true, entry: { path: 'x/a (3).txt' } });
    });

    test('leaves the dots in the name of a folder alone', () => {
      using catalogue = filled('v1.2/in', 'x/v1.2/');
      expect(catalogue.accept(move('v1.2', 'x/v1.2', 'keep-both')).entry?.path).toBe('x/v1.2 (2)');
    });

    test('keeps its own name when nothing is there', () => {
      using catalogue = filled('a.txt');
      expect(catalogue.accept(move('a.txt', 'b.txt', 'keep-both')).entry?.path).toBe('b.txt');
    });
  });

  describe('of a folder whose paths would become too long', () => {
    const deep = (levels: number): string => Array(levels).fill('d').join('/');

    test('is rejected for levels', () => {
      using catalogue = filled(deep(63), 'x/y/');
      expect(catalogue.codeOf(move('d', 'x/d'))).toBe('accepted');
      expect(catalogue.codeOf(move('x/d', 'x/y/d'))).toBe('NS_BAD_PATH');
    });

    test('is rejected for bytes', () => {
      const long = Array(15).fill('n'.repeat(250)).join('/');
      using catalogue = filled(`a/${long}`, 'b/');
      expect(catalogue.codeOf(move('a', 'm'.repeat(250)))).toBe('accepted');
      const room = 4096 - long.length - 1;
      expect(catalogue.codeOf(move('m'.repeat(250), `${'m'.repeat(250)}x`))).toBe('accepted');
      expect(catalogue.codeOf(move(`${'m'.repeat(250)}x`, `b/${'m'.repeat(room - 2)}`))).toBe(room - 2 > 255 ? 'NS_BAD_PATH' : 'accepted');
      expect(catalogue.codeOf(move(`${'m'.repeat(250)}x`, `b/${'m'.repeat(200)}/${'m'.repeat(room - 202)}`))).toBe('NS_BAD_PATH');
    });

    test('counts what was moved into it before', () => {
      using catalogue = filled(`a/${deep(40)}`, `b/${deep(20)}/`, 'c/c/c/c/');
      catalogue.accept(move('a', `b/${deep(20)}/a`));
      expect(catalogue.codeOf(move('b', 'c/b'))).toBe('accepted');
      expect(catalogue.codeOf(move('c/b', 'c/c/b'))).toBe('accepted');
      expect(catalogue.codeOf(move('c/c/b', 'c/c/c/b'))).toBe('NS_BAD_PATH');
    });
  });

  test('changes no usage and no references', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1)] }));
    catalogue.accept(move('a', 'b/c'));
    expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual([{ bytes: 100, files: 1 }]);
    expect(catalogue.rows('SELECT refs FROM contents')).toEqual([{ refs: 1 }]);
  });
});

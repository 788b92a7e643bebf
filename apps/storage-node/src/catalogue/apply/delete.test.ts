import type { VersionId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { blobRef, move, put, remove, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

describe('a delete', () => {
  test('puts a file out of sight and frees nothing', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('docs/a', { refs: [blobRef(1)] }));
    expect(catalogue.accept(remove('docs/a'))).toEqual({ isAccepted: true, entry: null, isCreated: false });
    expect(catalogue.tree()).toEqual(['docs/']);
    expect(catalogue.entry('docs/a')).toBeNull();
    expect(catalogue.rows('SELECT path, trashedAtMs FROM trash')).toEqual([{ path: 'docs/a', trashedAtMs: START_MS + 2000 }]);
    expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual([{ bytes: 100, files: 1 }]);
    expect(catalogue.opened.referenced([blobRef(1).blobId])).toHaveLength(1);
  });

  test('of a folder takes all below it along by one row', () => {
    using catalogue = new ScratchCatalogue();
    for (const name of ['a', 'b', 'sub/c']) catalogue.accept(put(`docs/${name}`));
    catalogue.accept(put('other'));
    catalogue.accept(remove('docs'));
    expect(catalogue.tree()).toEqual(['other']);
    expect(catalogue.query('SELECT count(*) FROM trash')).toBe(1);
    expect(catalogue.query('SELECT count(*) FROM entries WHERE isFile = 1')).toBe(4);
  });

  test('of nothing succeeds and changes nothing', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('file'));
    for (const path of ['absent', 'absent/below', 'file/below']) {
      expect(catalogue.accept(remove(path))).toEqual({ isAccepted: true, entry: null, isCreated: false });
    }
    expect(catalogue.tree()).toEqual(['file']);
  });

  test('in a space that nothing was written to succeeds and makes nothing', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(remove('a'));
    expect(catalogue.query('SELECT count(*) FROM spaces')).toBe(0);
  });

  test('the same name can be deleted again and again', () => {
    using catalogue = new ScratchCatalogue();
    for (let round = 0; round < 3; round += 1) {
      catalogue.accept(put('a'));
      catalogue.accept(remove('a'));
    }
    expect(catalogue.query('SELECT count(*) FROM trash')).toBe(3);
    expect(catalogue.tree()).toEqual([]);
  });

  test('of the root is refused', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.codeOf(remove(''))).toBe('NS_BAD_PATH');
  });

  test.each([
    ['absent', { kind: 'absent' }, ['NS_PRECONDITION_FAILED', 'NS_PRECONDITION_FAILED', 'accepted']],
    ['present', { kind: 'present' }, ['accepted', 'accepted', 'NS_PRECONDITION_FAILED']],
    ['a version', { kind: 'version', version: '1' as VersionId }, ['accepted', 'NS_PRECONDITION_FAILED', 'NS_PRECONDITION_FAILED']],
    ['another version', { kind: 'version', version: '2' as VersionId }, Array(3).fill('NS_PRECONDITION_FAILED')],
  ] as const)('that expects %s looks at what is there: a file, a folder, nothing', (_, expected, codes) => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('file'));
    catalogue.accept(put('folder/below'));
    expect(['file', 'folder', 'nothing'].map((path) => catalogue.codeOf(remove(path, expected)))).toEqual(codes);
  });

  test('what was deleted cannot be moved', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    catalogue.accept(remove('a'));
    expect(catalogue.codeOf(move('a', 'b'))).toBe('NS_NOT_FOUND');
  });
});

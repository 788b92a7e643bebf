import { describe, expect, test } from 'vitest';
import { blobRef, move, OTHER_SPACE, purge, put, remove, restore, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

/** Deletes, and gives the name that the entry has in the trash. */
function trash(catalogue: ScratchCatalogue, path: string): number {
  catalogue.accept(remove(path));
  return catalogue.chain.records.length;
}

describe('a restore', () => {
  test('puts a file back where it was, with its versions', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('docs/a', { refs: [blobRef(1)] }));
    catalogue.accept(put('docs/a', { refs: [blobRef(2)] }));
    const before = catalogue.opened.getEntry({ space: put('').space, path: put('docs/a').path, withVersions: true });
    const trashId = trash(catalogue, 'docs/a');
    expect(catalogue.accept(restore(trashId))).toMatchObject({ entry: { path: 'docs/a', file: { version: '2' } }, isCreated: true });
    expect(catalogue.opened.getEntry({ space: put('').space, path: put('docs/a').path, withVersions: true })).toEqual(before);
    expect(catalogue.query('SELECT count(*) FROM trash')).toBe(0);
  });

  test('makes the folders again that are gone, and takes all below a folder along', () => {
    using catalogue = new ScratchCatalogue();
    for (const name of ['a', 'sub/b']) catalogue.accept(put(`deep/docs/${name}`));
    const trashId = trash(catalogue, 'deep/docs');
    catalogue.accept(remove('deep'));
    catalogue.accept(restore(trashId));
    expect(catalogue.tree()).toEqual(['deep/', 'deep/docs/', 'deep/docs/sub/', 'deep/docs/sub/b', 'deep/docs/a']);
  });

  test('goes to another path when one is given', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    expect(catalogue.accept(restore(trash(catalogue, 'a'), 'x/y')).entry?.path).toBe('x/y');
    expect(catalogue.tree()).toEqual(['x/', 'x/y']);
  });

  test('beside, in place of, or not at all where something is now', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a.txt', { refs: [blobRef(1)] }));
    const trashId = trash(catalogue, 'a.txt');
    catalogue.accept(put('a.txt', { refs: [blobRef(2)] }));
    expect(catalogue.codeOf(restore(trashId))).toBe('NS_ALREADY_EXISTS');
    expect(catalogue.accept(restore(trashId, null, 'keep-both')).entry?.path).toBe('a (2).txt');
    const again = trash(catalogue, 'a (2).txt');
    expect(catalogue.accept(restore(again, 'a.txt', 'replace'))).toMatchObject({ isCreated: false });
    expect(catalogue.rows('SELECT trashId, path FROM trash')).toEqual([{ trashId: catalogue.chain.records.length, path: 'a.txt' }]);
  });

  test('of a file does not replace a folder, nor go below a file', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    const trashId = trash(catalogue, 'a');
    catalogue.accept(put('a/b'));
    expect(catalogue.codeOf(restore(trashId, null, 'replace'))).toBe('NS_PATH_IS_FOLDER');
    expect(catalogue.codeOf(restore(trashId, 'a/b/c'))).toBe('NS_PATH_IS_FILE');
    expect(catalogue.codeOf(restore(trashId, '../a'))).toBe('NS_BAD_PATH');
  });

  test('happens once, and in the space that it belongs to', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    catalogue.accept(put('other', { space: OTHER_SPACE }));
    const trashId = trash(catalogue, 'a');
    expect(catalogue.codeOf({ ...restore(trashId), space: OTHER_SPACE } as never)).toBe('NS_NOT_FOUND');
    catalogue.accept(restore(trashId));
    expect(catalogue.codeOf(restore(trashId, 'b'))).toBe('NS_NOT_FOUND');
    expect(catalogue.codeOf(restore(999))).toBe('NS_NOT_FOUND');
  });

  test('leaves the name free that it had: trashed again, the entry has another', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    const first = trash(catalogue, 'a');
    catalogue.accept(restore(first));
    const second = trash(catalogue, 'a');
    catalogue.accept(purge([first]));
    expect(catalogue.rows('SELECT trashId, trashedAtMs FROM trash')).toEqual([{ trashId: second, trashedAtMs: START_MS + second * 1000 }]);
  });

  test('is moved and written to like any other', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('docs/a'));
    catalogue.accept(restore(trash(catalogue, 'docs')));
    catalogue.accept(put('docs/a'));
    catalogue.accept(move('docs', 'papers'));
    expect(catalogue.tree()).toEqual(['papers/', 'papers/a']);
  });
});

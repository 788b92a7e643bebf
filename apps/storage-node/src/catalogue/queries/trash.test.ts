import { describe, expect, test } from 'vitest';
import { AUTHOR, blobRef, OTHER_SPACE, purge, put, remove, restore, SPACE, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';
import { COUNTED_MAX } from './trash.ts';

const page = (catalogue: ScratchCatalogue, after: string | null = null, limit = 100) =>
  catalogue.opened.listTrash({ space: SPACE, after, limit });

describe('the listing of the trash', () => {
  test('says of each entry what and where it was, how much it has, when and by whom it was trashed', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('docs/a', { refs: [blobRef(1)] }));
    catalogue.accept(put('docs/a', { refs: [blobRef(2)] }));
    catalogue.accept(put('docs/sub/b', { refs: [blobRef(3)] }));
    catalogue.accept(put('c', { refs: [blobRef(4)] }));
    catalogue.accept(remove('c'));
    catalogue.accept(remove('docs'));
    const by = (seq: number) => ({ trashId: seq, trashedAtMs: START_MS + seq * 1000, trashedBy: AUTHOR });
    expect(page(catalogue)).toEqual({
      entries: [
        { ...by(6), path: 'docs', isFile: false, files: 2, sizeBytes: 300 },
        { ...by(5), path: 'c', isFile: true, files: 1, sizeBytes: 100 },
      ],
      next: null,
    });
  });

  test('is walked page by page, last trashed first, while things come and go', () => {
    using catalogue = new ScratchCatalogue();
    for (let number = 1; number <= 5; number += 1) {
      catalogue.accept(put(`f${number}`));
      catalogue.accept(remove(`f${number}`));
    }
    const first = page(catalogue, null, 2);
    expect(first.entries.map(({ path }) => path)).toEqual(['f5', 'f4']);
    catalogue.accept(restore(8));
    catalogue.accept(remove('f4'));
    catalogue.accept(purge([4]));
    const second = page(catalogue, first.next, 2);
    expect(second.entries.map(({ path }) => path)).toEqual(['f3', 'f1']);
    expect(second.next).toBeNull();
  });

  test('of a space has nothing of another, and of one that nothing was written to has nothing', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a'));
    catalogue.accept(remove('a'));
    expect(catalogue.opened.listTrash({ space: OTHER_SPACE, after: null, limit: 10 })).toEqual({ entries: [], next: null });
  });

  test.each(['', 'x', '0', '-1', '1e3', '1'.repeat(20)])('takes no cursor that it did not make: %j', (cursor) => {
    using catalogue = new ScratchCatalogue();
    expect(() => page(catalogue, cursor)).toThrow(expect.objectContaining({ code: 'NS_BAD_CURSOR' }));
  });

  test('counts so many rows for a page and no more: what is larger is not known', { timeout: 60_000 }, () => {
    using catalogue = new ScratchCatalogue();
    const records = Array.from({ length: COUNTED_MAX / 2 }, (_, index) => catalogue.chain.operation(put(`big/${index}`)));
    for (let at = 0; at < records.length; at += 1000) catalogue.applyRecords(records.slice(at, at + 1000));
    catalogue.accept(put('small', { refs: [blobRef(1)] }));
    for (const path of ['big', 'small']) catalogue.accept(remove(path));
    expect(page(catalogue).entries.map(({ path, files, sizeBytes }) => [path, files, sizeBytes])).toEqual([
      ['small', 1, 100],
      ['big', null, null],
    ]);
  });

  test('of what was trashed longest ago, in all spaces, is in the order of its time', () => {
    using catalogue = new ScratchCatalogue();
    for (const space of [SPACE, OTHER_SPACE]) {
      catalogue.accept(put('a', { space }));
      catalogue.accept({ ...remove('a'), space } as never);
    }
    const names = [
      { trashId: 2, spaceId: SPACE },
      { trashId: 4, spaceId: OTHER_SPACE },
    ];
    expect(catalogue.opened.trashedBefore(START_MS + 4001, 10)).toEqual(names);
    expect(catalogue.opened.trashedBefore(START_MS + 4000, 10)).toEqual(names.slice(0, 1));
    expect(catalogue.opened.trashedBefore(START_MS + 4001, 1)).toEqual(names.slice(0, 1));
  });
});

import { describe, expect, test } from 'vitest';
import { blobRef, copy, move, put, remove } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

const START = { seq: -1, blobId: null };
const id = (number: number) => blobRef(number).blobId;

describe('debt', () => {
  test('is what applied records need and this node lacks, until it is settled', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a', { refs: [blobRef(1)] }));
    catalogue.apply(put('b', { refs: [blobRef(2, 20), blobRef(3, 30)] }), {}, [id(2), id(3)]);
    catalogue.apply(put('c', { refs: [blobRef(4, 40)] }), {}, [id(4)]);
    catalogue.apply(put('d'));
    expect(catalogue.opened.debt()).toEqual({ blobs: 3, bytes: 90, heldSeq: 1 });
    catalogue.opened.settleDebt([id(2), id(3)]);
    expect(catalogue.opened.debt()).toEqual({ blobs: 1, bytes: 40, heldSeq: 2 });
    catalogue.opened.settleDebt([id(4), id(4), id(9)]);
    expect(catalogue.opened.debt()).toEqual({ blobs: 0, bytes: 0, heldSeq: 4 });
  });

  test('names the blobs of the oldest records first and can go on behind one', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a', { refs: [blobRef(9, 1)] }), {}, [id(9)]);
    catalogue.apply(put('b', { refs: [blobRef(1, 2), blobRef(2, 3)] }), {}, [id(1), id(2)]);
    const [first, second, third, ...none] = structuredClone(catalogue.opened.nextDebt(10, START));
    expect(first).toEqual({ ...blobRef(9, 1), seq: 1 });
    expect([second?.blobId, third?.blobId, none]).toEqual([id(1), id(2), []]);
    expect(catalogue.opened.nextDebt(1, START)).toHaveLength(1);
    expect(catalogue.opened.nextDebt(10, { seq: 2, blobId: id(1) }).map((blob) => blob.blobId)).toEqual([id(2)]);
  });

  test('counts a blob once, for the first record that needs it', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a', { refs: [blobRef(1)] }), {}, [id(1)]);
    catalogue.apply(put('b', { refs: [blobRef(1)] }), {}, [id(1)]);
    catalogue.opened.addDebt([id(1)]);
    expect(catalogue.opened.debt()).toEqual({ blobs: 1, bytes: 100, heldSeq: 0 });
  });

  test('grows by referenced blobs that turned out bad, and by no others', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a'));
    catalogue.apply(put('b', { refs: [blobRef(1, 10)] }));
    catalogue.opened.addDebt([id(1), id(2)]);
    expect(catalogue.opened.debt()).toEqual({ blobs: 1, bytes: 10, heldSeq: 1 });
  });

  test('is no part of the digest', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a', { refs: [blobRef(1)] }));
    const digest = catalogue.opened.digest();
    catalogue.opened.addDebt([id(1)]);
    expect(catalogue.opened.digest()).toBe(digest);
  });
});

describe('files above a seq', () => {
  test('are the live ones whose current content came later', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('old'));
    catalogue.accept(put('folder/a'));
    catalogue.accept(put('folder/sub/b'));
    catalogue.accept(put('c'));
    expect([0, 1, 2, 3, 4].map((seq) => catalogue.opened.countFilesAbove(seq))).toEqual([4, 3, 2, 1, 0]);
    catalogue.accept(put('old'));
    expect(catalogue.opened.countFilesAbove(4)).toBe(1);
    catalogue.accept(copy('c', 'd'));
    expect(catalogue.opened.countFilesAbove(3)).toBe(3);
    catalogue.accept(move('folder', 'moved'));
    expect(catalogue.opened.countFilesAbove(1)).toBe(5);
  });

  test('leave out the trash, however deep', () => {
    using catalogue = new ScratchCatalogue();
    for (const path of ['a/b/c', 'a/b/d', 'a/e', 'f']) catalogue.accept(put(path));
    catalogue.accept(remove('a/b'));
    expect(catalogue.opened.countFilesAbove(0)).toBe(2);
    catalogue.accept(remove('a'));
    expect(catalogue.opened.countFilesAbove(0)).toBe(1);
    catalogue.accept(remove('f'));
    expect(catalogue.opened.countFilesAbove(0)).toBe(0);
  });
});

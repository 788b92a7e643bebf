import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blobRef, copy, put } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

const id = (number: number) => blobRef(number).blobId;
const digestOfIds = (...ids: readonly string[]) =>
  createHash('sha256')
    .update(Buffer.from(ids.toSorted().join(''), 'hex'))
    .digest('hex');

describe('the blobs that are referred to', () => {
  test('are walked in the order of their ids, a page at a time, each once', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(3, 30), blobRef(1, 10)] }));
    catalogue.accept(put('b', { refs: [blobRef(2, 20), blobRef(1, 10)] }));
    catalogue.accept(copy('a', 'c'));
    const first = catalogue.opened.blobsAfter(null, 2);
    expect(structuredClone(first)).toEqual([
      { ...blobRef(1, 10), contentId: 1 },
      { ...blobRef(2, 20), contentId: 2 },
    ]);
    expect(catalogue.opened.blobsAfter(id(2), 2).map(({ blobId }) => blobId)).toEqual([id(3)]);
    expect(catalogue.opened.blobsAfter(id(3), 2)).toEqual([]);
    expect(catalogue.opened.blobTotals()).toEqual({ blobs: 3, bytes: 60 });
  });

  test('can be asked for one by one', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1, 10)] }));
    expect(structuredClone(catalogue.opened.findBlob(id(1)))).toEqual({ ...blobRef(1, 10), contentId: 1 });
    expect(catalogue.opened.findBlob(id(2))).toBeNull();
  });
});

describe('the census', () => {
  test('counts what is referred to and held, at the seq of the catalogue', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.opened.census()).toMatchObject({ seq: 0, blobs: 0, bytes: 0, blobDigest: digestOfIds() });
    catalogue.apply(put('a', { refs: [blobRef(2), blobRef(1)] }));
    catalogue.apply(put('b', { refs: [blobRef(3)] }), {}, [id(3)]);
    const owing = catalogue.opened.census();
    expect(owing).toEqual({ seq: 2, digest: catalogue.opened.digest(), blobs: 2, bytes: 200, blobDigest: digestOfIds(id(1), id(2)) });
    catalogue.opened.settleDebt([id(3)]);
    expect(catalogue.opened.census()).toEqual({ ...owing, blobs: 3, bytes: 300, blobDigest: digestOfIds(id(1), id(2), id(3)) });
  });
});

test('debt that is added says what was none before', () => {
  using catalogue = new ScratchCatalogue();
  catalogue.accept(put('a', { refs: [blobRef(1), blobRef(2)] }));
  expect(catalogue.opened.addDebt([id(1), id(9)])).toEqual([id(1)]);
  expect(catalogue.opened.addDebt([id(1), id(2)])).toEqual([id(2)]);
});

import { describe, expect, test } from 'vitest';
import { blobRef, discard, put } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

describe('a discard', () => {
  test('lets go what no content refers to, once each', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1)] }));
    const ids = [1, 2, 3, 2].map((number) => blobRef(number).blobId);
    const { outcome, discarded } = catalogue.apply(discard(ids));
    expect(outcome).toEqual({ isAccepted: true, entry: null, isCreated: false });
    expect(discarded).toEqual([blobRef(2).blobId, blobRef(3).blobId]);
  });

  test('is rejected when its ids are malformed', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.codeOf({ kind: 'discard', blobIds: new Uint8Array(17) })).toBe('NS_BAD_REQUEST');
  });
});

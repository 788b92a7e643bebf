import type { SpaceId } from '@netstore/shared-types';
import type { CopyOperation, Operation, PutOperation } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { blobRef, copy, move, purge, put, remove, restore, SPACE } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';

const OTHER = 'e'.repeat(32) as SpaceId;

const within = (operation: Operation, bytesMax: number, spaces: SpaceId[] = [SPACE]): Operation =>
  ({ ...(operation as PutOperation | CopyOperation), quotas: [{ spaces, bytesMax }] }) as Operation;
const file = (path: string, number: number, bytes: number): Operation => put(path, { refs: [blobRef(number, bytes)] });

describe('a quota', () => {
  test('takes a put that fills it to the last byte, and none beyond', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(within(file('a', 1, 60), 100));
    expect(catalogue.codeOf(within(file('b', 2, 41), 100))).toBe('NS_QUOTA_EXCEEDED');
    catalogue.accept(within(file('b', 3, 40), 100));
    expect(catalogue.codeOf(within(file('c', 4, 1), 100))).toBe('NS_QUOTA_EXCEEDED');
    expect(catalogue.tree()).toEqual(['a', 'b']);
  });

  test('counts old versions and the trash until a purge has freed them', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(file('a', 1, 50));
    catalogue.accept(file('a', 2, 50));
    const trashed = catalogue.apply(remove('a'));
    expect(catalogue.codeOf(within(file('b', 3, 1), 100))).toBe('NS_QUOTA_EXCEEDED');
    catalogue.accept(purge([trashed.seq]));
    catalogue.accept(within(file('b', 4, 100), 100));
  });

  test('is judged for a copy, of a folder by all that is in it, and for no move and no return from the trash', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(file('d/a', 1, 30));
    catalogue.accept(file('d/b', 2, 30));
    expect(catalogue.codeOf(within(copy('d', 'e'), 119))).toBe('NS_QUOTA_EXCEEDED');
    catalogue.accept(within(copy('d', 'e'), 120));
    catalogue.accept(move('e', 'f'));
    const trashed = catalogue.apply(remove('f'));
    catalogue.accept(restore(trashed.seq));
    expect(catalogue.tree()).toEqual(['d/', 'd/a', 'd/b', 'f/', 'f/a', 'f/b']);
  });

  test('of an owner is about all of the spaces together', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept({ ...file('a', 1, 60), space: OTHER } as Operation);
    expect(catalogue.codeOf(within(file('a', 2, 41), 100, [SPACE, OTHER]))).toBe('NS_QUOTA_EXCEEDED');
    catalogue.accept(within(file('a', 3, 40), 100, [SPACE, OTHER]));
  });

  test('lets the blobs of what it refused go', () => {
    using catalogue = new ScratchCatalogue();
    expect(catalogue.apply(within(file('a', 1, 60), 10)).discarded).toEqual([blobRef(1, 60).blobId]);
  });
});

import type { FilePath } from '@netstore/shared-types';
import type { BlobRef, Purged } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import {
  blobRef,
  copy,
  discard,
  OTHER_SPACE,
  purge,
  purgeVersions,
  put,
  remove,
  restore,
  SPACE,
  START_MS,
} from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';
import { FREED_ROWS_MAX } from './freeing.ts';
import { GONE_RETENTION_MS } from './gone-retention.ts';

const idsOf = (...numbers: number[]): string[] => numbers.map((number) => blobRef(number).blobId);

/** Deletes, and gives the name that the entry has in the trash. */
function trash(catalogue: ScratchCatalogue, path: string): number {
  catalogue.accept(remove(path));
  return catalogue.chain.records.length;
}

function purged(catalogue: ScratchCatalogue, ...trashIds: number[]): Purged | undefined {
  const outcome = catalogue.accept(purge(trashIds));
  return 'purged' in outcome ? outcome.purged : undefined;
}

/** `count` references to blobs that are never looked at, from `first` on. */
const manyRefs = (count: number, first: number): BlobRef[] => Array.from({ length: count }, (_, index) => blobRef(first + index, 1));

describe('a purge', () => {
  test('frees a file with all its versions, and nothing that others refer to', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1), blobRef(2)] }));
    catalogue.accept(copy('a', 'copy'));
    catalogue.accept(put('a', { refs: [blobRef(2), blobRef(3)] }));
    const before = catalogue.rows('SELECT bytes, files FROM spaces');
    expect(before).toEqual([{ bytes: 600, files: 2 }]);
    expect(purged(catalogue, trash(catalogue, 'a'))).toEqual({ entries: 1, files: 1, versions: 2, bytes: 400, isComplete: true });
    expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual([{ bytes: 200, files: 1 }]);
    expect(catalogue.rows('SELECT path FROM trash')).toEqual([]);
    expect(catalogue.opened.nextUnlinks(10)).toEqual(idsOf(3));
    expect(catalogue.opened.referenced(idsOf(1, 2, 3) as never)).toEqual(idsOf(1, 2));
    expect(catalogue.entry('copy')?.file?.sizeBytes).toBe(200);
  });

  test('frees a folder with all below it', () => {
    using catalogue = new ScratchCatalogue();
    for (const [index, name] of ['a', 'b', 'sub/c', 'sub/deep/d'].entries())
      catalogue.accept(put(`docs/${name}`, { refs: [blobRef(index)] }));
    catalogue.accept(put('kept'));
    expect(purged(catalogue, trash(catalogue, 'docs'))).toEqual({ entries: 1, files: 4, versions: 4, bytes: 400, isComplete: true });
    // The root of the space, its trash, and the one file.
    expect(catalogue.query('SELECT count(*) FROM entries')).toBe(3);
    expect(catalogue.query('SELECT count(*) FROM versions')).toBe(1);
    expect(catalogue.opened.nextUnlinks(10)).toHaveLength(4);
  });

  test('leaves alone what was restored meanwhile, what is gone already, and what is of another space', () => {
    using catalogue = new ScratchCatalogue();
    for (const name of ['a', 'b']) catalogue.accept(put(name));
    catalogue.accept(put('c', { space: OTHER_SPACE }));
    const restored = trash(catalogue, 'a');
    catalogue.accept(restore(restored));
    const gone = trash(catalogue, 'b');
    expect(purged(catalogue, gone, gone)?.entries).toBe(1);
    catalogue.accept({ kind: 'delete', space: OTHER_SPACE, path: 'c' as FilePath, expected: { kind: 'any' } });
    const foreign = catalogue.chain.records.length;
    expect(purged(catalogue, restored, gone, foreign, 999)).toEqual({ entries: 0, files: 0, versions: 0, bytes: 0, isComplete: true });
    expect(catalogue.tree()).toEqual(['a']);
    expect(catalogue.query('SELECT count(*) FROM trash')).toBe(1);
  });

  test('in a space that nothing was written to frees nothing', () => {
    using catalogue = new ScratchCatalogue();
    expect(purged(catalogue, 1)?.entries).toBe(0);
  });

  test('of more than one record frees is out of reach at once, and is freed by further ones', () => {
    using catalogue = new ScratchCatalogue();
    const each = FREED_ROWS_MAX / 4;
    for (let file = 0; file < 10; file += 1) catalogue.accept(put(`big/${file}`, { refs: manyRefs(each, 1 + file * each) }));
    const trashId = trash(catalogue, 'big');
    expect(purged(catalogue, trashId)).toMatchObject({ entries: 1, files: 4, isComplete: false });
    expect(catalogue.codeOf(restore(trashId))).toBe('NS_NOT_FOUND');
    expect(catalogue.opened.listTrash({ space: SPACE, after: null, limit: 10 }).entries).toEqual([]);
    expect(catalogue.opened.purging(10)).toEqual([{ trashId, spaceId: SPACE }]);
    expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual([{ bytes: 6 * each, files: 6 }]);
    expect(purged(catalogue, trashId)).toMatchObject({ files: 4, isComplete: false });
    expect(purged(catalogue, trashId)).toMatchObject({ files: 2, isComplete: true });
    expect(catalogue.opened.purging(10)).toEqual([]);
    expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual([{ bytes: 0, files: 0 }]);
    expect(catalogue.query('SELECT count(*) FROM unlinks')).toBe(10 * each);
  });

  test('takes what this node lacked off its debt', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.apply(put('a', { refs: [blobRef(1), blobRef(2)] }), {}, [blobRef(1).blobId]);
    expect(catalogue.opened.debt().blobs).toBe(1);
    purged(catalogue, trash(catalogue, 'a'));
    expect(catalogue.opened.debt().blobs).toBe(0);
  });
});

describe('a purge of versions', () => {
  test('frees those named, but for the current one and those that are not there', () => {
    using catalogue = new ScratchCatalogue();
    for (const number of [1, 2, 3]) catalogue.accept(put('a', { refs: [blobRef(number)] }));
    const outcome = catalogue.accept(purgeVersions('a', ['1', '3', '1', 'zz', '1-1']));
    expect(outcome).toMatchObject({
      entry: { path: 'a', file: { version: '3' } },
      purged: { entries: 0, files: 0, versions: 1, bytes: 100, isComplete: true },
    });
    const { versions } = catalogue.opened.getEntry({ space: SPACE, path: 'a' as FilePath, withVersions: true });
    expect(versions.map(({ version }) => version)).toEqual(['3', '2']);
    expect(catalogue.rows('SELECT bytes, files FROM spaces')).toEqual([{ bytes: 200, files: 1 }]);
    expect(catalogue.opened.nextUnlinks(10)).toEqual(idsOf(1));
  });

  test('is rejected where no file is', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('folder/file'));
    expect(['folder', 'nothing', 'folder/file/below'].map((path) => catalogue.codeOf(purgeVersions(path, ['1'])))).toEqual([
      'NS_PATH_IS_FOLDER',
      'NS_NOT_FOUND',
      'NS_PATH_IS_FILE',
    ]);
  });
});

describe('a blob that was let go', () => {
  test('is referred to by no record for a day: nodes are unlinking it', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1)] }));
    purged(catalogue, trash(catalogue, 'a'));
    catalogue.accept(discard([blobRef(2).blobId]));
    for (const number of [1, 2]) expect(catalogue.codeOf(put('b', { refs: [blobRef(number)] }))).toBe('NS_CONFLICT');
    const { outcome } = catalogue.apply(put('b', { refs: [blobRef(1)] }), { timeMs: START_MS + GONE_RETENTION_MS + 60_000 });
    expect(outcome.isAccepted).toBe(true);
    expect(catalogue.opened.nextUnlinks(10)).toEqual([]);
  });

  test('is forgotten after that day, some with each record', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(discard(manyRefs(100, 1).map(({ blobId }) => blobId)));
    const later = { timeMs: START_MS + GONE_RETENTION_MS + 60_000 };
    catalogue.apply(put('a'), later);
    expect(catalogue.query('SELECT count(*) FROM gone_blobs')).toBe(36);
    catalogue.apply(put('b'), later);
    expect(catalogue.query('SELECT count(*) FROM gone_blobs')).toBe(0);
  });

  test('and is found on the disk all the same is unlinked again; what no record has let go is not', () => {
    using catalogue = new ScratchCatalogue();
    catalogue.accept(put('a', { refs: [blobRef(1)] }));
    catalogue.accept(discard([blobRef(2).blobId]));
    const found = idsOf(1, 2, 3) as never;
    expect(catalogue.opened.unlinkGone(found)).toEqual(idsOf(2));
    expect(catalogue.opened.nextUnlinks(10)).toEqual(idsOf(2));
    catalogue.opened.settleUnlinks(found);
    expect(catalogue.opened.nextUnlinks(10)).toEqual([]);
  });
});

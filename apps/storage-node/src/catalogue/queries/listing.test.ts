import type { EntrySort, FilePath, SortOrder } from '@netstore/shared-types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blobRef, makeFolder, OTHER_SPACE, put, remove, SPACE, START_MS } from '../testing/record-chain.ts';
import { ScratchCatalogue } from '../testing/scratch.ts';
import type { ListingQuery } from './listing-query.ts';

const SORTS: readonly EntrySort[] = ['name', 'sizeBytes', 'modifiedAt'];
const ORDERS: readonly SortOrder[] = ['asc', 'desc'];
/** More than any test makes: a listing that does not end fails instead. */
const PATHS_MAX = 100;
const EVERY_ORDER = SORTS.flatMap((sort) => ORDERS.map((order) => ({ sort, order })));

function queryOf(query: Partial<Omit<ListingQuery, 'folder'>> & { readonly folder?: string } = {}): ListingQuery {
  const { folder = '', ...rest } = query;
  return { space: SPACE, after: null, limit: 1000, sort: 'name', order: 'asc', ...rest, folder: folder as FilePath };
}

function pathsOf(catalogue: ScratchCatalogue, query: Parameters<typeof queryOf>[0] = {}): string[] {
  const paths: string[] = [];
  let after: string | null = null;
  do {
    const page = catalogue.opened.listEntries(queryOf({ ...query, after }));
    paths.push(...page.entries.map((entry) => entry.path));
    after = page.next;
  } while (after !== null && paths.length < PATHS_MAX);
  return paths;
}

/** Folders `d1`, `d2`; files of sizes 10, 20, 20, made in this order. */
function filled(): ScratchCatalogue {
  const catalogue = new ScratchCatalogue();
  catalogue.accept(put('in/c', { refs: [blobRef(1, 20)] }));
  catalogue.accept(makeFolder('in/d2'));
  catalogue.accept(put('in/b', { refs: [blobRef(2, 10)] }));
  catalogue.accept(makeFolder('in/d1'));
  catalogue.accept(put('in/A', { refs: [blobRef(3, 20)] }));
  return catalogue;
}

describe('a listing', () => {
  test.each([
    ['name', 'asc', ['d1', 'd2', 'A', 'b', 'c']],
    ['name', 'desc', ['d2', 'd1', 'c', 'b', 'A']],
    ['sizeBytes', 'asc', ['d1', 'd2', 'b', 'A', 'c']],
    ['sizeBytes', 'desc', ['d2', 'd1', 'c', 'A', 'b']],
    ['modifiedAt', 'asc', ['d2', 'd1', 'c', 'b', 'A']],
    ['modifiedAt', 'desc', ['d1', 'd2', 'A', 'b', 'c']],
  ] as const)('by %s %s has folders first, and names decide among equals', (sort, order, names) => {
    using catalogue = filled();
    for (const limit of [1, 2, 3, 1000]) {
      expect(pathsOf(catalogue, { folder: 'in', sort, order, limit })).toEqual(names.map((name) => `in/${name}`));
    }
  });

  test('tells of each entry what a question about it alone tells', () => {
    using catalogue = filled();
    const { entries } = catalogue.opened.listEntries(queryOf({ folder: 'in' }));
    expect(entries).toEqual(entries.map((entry) => catalogue.entry(entry.path)));
    expect(entries.map((entry) => entry.file?.sizeBytes)).toEqual([undefined, undefined, 20, 10, 20]);
  });

  test('of the root of a space that nothing was written to is empty', () => {
    using catalogue = filled();
    expect(catalogue.opened.listEntries(queryOf({ space: OTHER_SPACE }))).toEqual({ isFound: true, entries: [], next: null });
    expect(catalogue.opened.getEntry({ space: OTHER_SPACE, path: '' as FilePath, withVersions: false }).entry).toEqual({
      path: '',
      modifiedAtMs: 0,
      file: null,
      replicas: null,
    });
  });

  test('of another space shows nothing of this one', () => {
    using catalogue = filled();
    catalogue.accept(put('in/other', { space: OTHER_SPACE }));
    expect(pathsOf(catalogue, { space: OTHER_SPACE, folder: 'in' })).toEqual(['in/other']);
  });

  test.each(['absent', 'in/A', 'in/A/below', 'in/'])('of "%s" finds no folder', (folder) => {
    using catalogue = filled();
    expect(catalogue.opened.listEntries(queryOf({ folder }))).toEqual({ isFound: false, entries: [], next: null });
  });

  test('goes on where it was when entries come and go between pages', () => {
    using catalogue = new ScratchCatalogue();
    for (const name of ['b', 'd', 'f', 'h']) catalogue.accept(put(name));
    const first = catalogue.opened.listEntries(queryOf({ limit: 2 }));
    for (const name of ['a', 'e']) catalogue.accept(put(name));
    for (const name of ['d', 'f']) catalogue.accept(remove(name));
    const second = catalogue.opened.listEntries(queryOf({ limit: 10, after: first.next }));
    expect(second.entries.map((entry) => entry.path)).toEqual(['e', 'h']);
  });

  test('has no further page when the last one is exactly full', () => {
    using catalogue = filled();
    expect(catalogue.opened.listEntries(queryOf({ folder: 'in', limit: 5 })).next).toBeNull();
    expect(catalogue.opened.listEntries(queryOf({ folder: 'in', limit: 4 })).next).not.toBeNull();
  });

  test('refuses cursors of other listings and of nobody', () => {
    using catalogue = filled();
    const { next } = catalogue.opened.listEntries(queryOf({ folder: 'in', limit: 1 }));
    const json = JSON.parse(Buffer.from(next ?? '', 'base64url').toString()) as unknown[];
    const forged = [['x'], [...json, 1], json.with(0, 2), json.with(2, 2), json.with(3, 'x'), json.with(3, 1.5), json.with(4, 7), {}].map(
      (value) => Buffer.from(JSON.stringify(value)).toString('base64url'),
    );
    const wrong: Parameters<typeof queryOf>[0][] = [
      { after: next, folder: '' },
      { after: next, folder: 'in', order: 'desc' },
      { after: next, folder: 'in', sort: 'sizeBytes' },
      { after: next, folder: 'in', space: OTHER_SPACE },
      ...['', 'garbage', ...forged].map((after) => ({ after, folder: 'in' })),
    ];
    const refused = expect.objectContaining({ code: 'NS_BAD_CURSOR' });
    for (const query of wrong) {
      const { space = SPACE } = query ?? {};
      if (space === OTHER_SPACE) catalogue.accept(put('in/x', { space }));
      expect(() => catalogue.opened.listEntries(queryOf(query))).toThrow(refused);
    }
    expect(pathsOf(catalogue, { folder: 'in', limit: 1 })).toHaveLength(5);
  });

  test('has cursors that fit in a message whatever the names', () => {
    using catalogue = new ScratchCatalogue();
    for (const name of ['"'.repeat(255), '\\'.repeat(255), 'é'.repeat(127), '日'.repeat(85), '1a'.repeat(127)]) catalogue.accept(put(name));
    for (const { sort, order } of EVERY_ORDER) {
      const page = catalogue.opened.listEntries(queryOf({ limit: 1, sort, order }));
      expect(Buffer.byteLength(page.next ?? '')).toBeLessThanOrEqual(1024);
      expect(pathsOf(catalogue, { limit: 1, sort, order })).toHaveLength(5);
    }
  });

  test('gives every entry once, in every order, at every page size', { timeout: 60_000 }, () => {
    const name = fc.stringMatching(/^[abAB12 .é]{1,4}$/).filter((text) => !['.', '..'].includes(text));
    const entry = fc.record({
      name,
      isFile: fc.boolean(),
      sizeBytes: fc.integer({ min: 0, max: 2 }),
      timeMs: fc.integer({ min: 0, max: 2 }),
    });
    const entries = fc.uniqueArray(entry, { maxLength: 25, selector: ({ name: text }) => text.normalize('NFC') });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 7 }), (rows, limit) => {
        using catalogue = new ScratchCatalogue();
        for (const [index, row] of rows.entries()) {
          const refs = row.sizeBytes === 0 ? [] : [blobRef(index + 1, row.sizeBytes)];
          catalogue.apply(row.isFile ? put(row.name, { refs }) : makeFolder(row.name), { timeMs: START_MS + row.timeMs });
        }
        const expected = rows.map((row) => row.name).sort();
        for (const { sort, order } of EVERY_ORDER) {
          const paths = pathsOf(catalogue, { sort, order, limit });
          expect([...paths].sort()).toEqual(expected);
          const kinds = paths.map((path) => rows.find((row) => row.name === path)?.isFile);
          expect(kinds).toEqual([...kinds].sort());
          const values = paths.map((path) => {
            const shown = catalogue.entry(path);
            return sort === 'sizeBytes' ? (shown?.file?.sizeBytes ?? 0) : sort === 'modifiedAt' ? (shown?.modifiedAtMs ?? 0) : 0;
          });
          const [folders, files] = [values.filter((_, index) => !kinds[index]), values.filter((_, index) => kinds[index])];
          for (const run of [folders, files]) expect(run).toEqual([...run].sort((a, b) => (order === 'asc' ? a - b : b - a)));
        }
      }),
      { numRuns: 60 },
    );
  });
});

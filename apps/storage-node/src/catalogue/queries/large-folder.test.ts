import type { EntrySort, FilePath, SortOrder, UserId } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../open-database.ts';
import { openTables, type Tables } from '../tables/tables.ts';
import { AUTHOR, hashOf, SPACE } from '../testing/record-chain.ts';
import { scratchDirectory } from '../testing/scratch.ts';
import { Listing } from './listing.ts';

const COUNT = 100_000;
const LIMIT = 1000;
/** Far above what a page costs, far below what it costs to sort or skip 100,000 rows, even on a busy machine. */
const MEDIAN_MS_MAX = 100;

/** Written past the rules, in the shape that they would leave: names twice over in case, three sizes, one time. */
function fill({ entries, versions, contents, spaces }: Tables): void {
  const folder = { isFile: 0, modifiedAtMs: 1, sizeBytes: 0, contentId: null, versionSeq: null, levelsBelow: 0, bytesBelow: 0 } as const;
  entries.add({ ...folder, id: 1, parentId: null, name: '' });
  spaces.add(SPACE, { rootId: 1, trashId: 2 });
  contents.add({ contentId: 1, sizeBytes: 0, sha256: hashOf(''), refs: [] });
  for (let number = 0; number < COUNT; number += 1) {
    const id = number + 3;
    const name = `${number % 2 === 0 ? 'File' : 'file'} ${Math.floor(number / 2)}`;
    if (number % 100 === 0) {
      entries.add({ ...folder, id, parentId: 1, name });
      continue;
    }
    const current = { modifiedAtMs: 1, sizeBytes: number % 3, contentId: 1, versionSeq: id, levelsBelow: 0, bytesBelow: 0 };
    entries.add({ ...current, id, parentId: 1, name, isFile: 1 });
    versions.add({ entryId: id, seq: id, ordinal: 0, contentId: 1, contentType: 'text/plain', createdAtMs: 1, author: AUTHOR as UserId });
  }
}

describe('a folder of 100,000 entries', () => {
  const directory = scratchDirectory();
  const { database } = openDatabase(directory);
  const tables = openTables(database);
  const listing = new Listing(database, tables);
  beforeAll(() => database.transaction(() => fill(tables))(), 120_000);
  afterAll(() => {
    database.close();
    directory[Symbol.dispose]();
  });

  test.each<[EntrySort, SortOrder]>([
    ['name', 'asc'],
    ['name', 'desc'],
    ['sizeBytes', 'asc'],
    ['sizeBytes', 'desc'],
    ['modifiedAt', 'asc'],
    ['modifiedAt', 'desc'],
  ])('is paged by %s %s with every entry once, the last page as fast as the first', (sort, order) => {
    const seen = new Set<string>();
    const times: number[] = [];
    let after: string | null = null;
    do {
      const begun = performance.now();
      const page = listing.page({ space: SPACE, folder: '' as FilePath, after, limit: LIMIT, sort, order });
      times.push(performance.now() - begun);
      for (const { path } of page.entries) seen.add(path);
      after = page.next;
    } while (after !== null && times.length <= COUNT / LIMIT);
    expect(seen.size).toBe(COUNT);
    expect(times).toHaveLength(COUNT / LIMIT);
    const median = times.toSorted((a, b) => a - b)[times.length / 2] ?? 0;
    process.stdout.write(`page of ${LIMIT} by ${sort} ${order}: median ${median.toFixed(1)} ms, last ${times.at(-1)?.toFixed(1)} ms\n`);
    expect(median).toBeLessThan(MEDIAN_MS_MAX);
  });
});

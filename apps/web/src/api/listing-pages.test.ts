import type { EntriesPage, Entry } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { withEntry, withoutEntries } from './listing-pages.ts';

const file = (name: string, sizeBytes = 1): Entry => ({
  kind: 'file',
  name,
  path: name,
  sizeBytes,
  contentType: null,
  modifiedAt: '2026-01-01T00:00:00Z',
  version: 'v',
  sha256: '',
  replicas: { durable: 3, total: 3 },
});
const folder = (name: string): Entry => ({ ...file(name, 0), kind: 'folder', replicas: null });
const pages = (last: string | null, ...groups: Entry[][]): EntriesPage[] =>
  groups.map((entries, index) => ({ entries, nextCursor: index < groups.length - 1 ? `c${index}` : last }));
const names = (result: readonly EntriesPage[]): string[][] => result.map((page) => page.entries.map((entry) => entry.name));

const byName = { sort: 'name', order: 'asc' } as const;
const bySize = { sort: 'sizeBytes', order: 'desc' } as const;

describe('the loaded pages of a folder', () => {
  test('take a new entry in its place', () => {
    expect(names(withEntry(pages(null, [file('a'), file('c')], [file('e')]), file('d'), byName))).toEqual([
      ['a', 'c'],
      ['d', 'e'],
    ]);
    expect(names(withEntry(pages(null, [file('a')]), file('z'), byName))).toEqual([['a', 'z']]);
    expect(names(withEntry(pages(null, [folder('z'), file('a')]), folder('m'), byName))).toEqual([['m', 'z', 'a']]);
    expect(names(withEntry(pages(null, []), file('a'), byName))).toEqual([['a']]);
  });

  test('leave out what belongs behind them while there is more to load', () => {
    expect(names(withEntry(pages('more', [file('a')]), file('z'), byName))).toEqual([['a']]);
  });

  test('replace an entry, in its place or in a new one when the order demands it', () => {
    const before = pages(null, [file('a', 9), file('b', 5), file('c', 1)]);
    expect(names(withEntry(before, file('c', 7), bySize))).toEqual([['a', 'c', 'b']]);
    const copied = withEntry(before, { ...file('b', 5), replicas: { durable: 2, total: 3 } }, bySize);
    expect(copied[0]?.entries[1]?.replicas?.durable).toBe(2);
    expect(names(copied)).toEqual(names(before));
  });

  test('lose entries, and pages that lost none stay the same', () => {
    const before = pages(null, [file('a')], [file('b'), file('c')]);
    const result = withoutEntries(before, new Set(['b']));
    expect(names(result)).toEqual([['a'], ['c']]);
    expect(result[0]).toBe(before[0]);
  });
});

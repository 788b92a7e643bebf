/**
 * The loaded pages of one folder, changed by what the page itself did: an upload, a rename, a delete. Pure. A loaded
 * listing is patched rather than fetched again, because a folder of 100,000 entries may have a hundred pages loaded.
 */

import type { EntriesPage, Entry, EntrySort, SortOrder } from '@netstore/shared-types';
import { compareNames } from '../names/name-order.ts';

export interface ListingSort {
  readonly sort: EntrySort;
  readonly order: SortOrder;
}

/** Negative when `a` is listed before `b`. Folders come first, as the server lists them. */
export function compareEntries(a: Entry, b: Entry, { sort, order }: ListingSort): number {
  if (a.kind !== b.kind) return a.kind === 'folder' ? -1 : 1;
  const direction = order === 'asc' ? 1 : -1;
  return direction * (compareKey(a, b, sort) || compareNames(a.name, b.name));
}

function compareKey(a: Entry, b: Entry, sort: EntrySort): number {
  switch (sort) {
    case 'name':
      return 0;
    case 'sizeBytes':
      return a.sizeBytes - b.sizeBytes;
    case 'modifiedAt':
      return Date.parse(a.modifiedAt) - Date.parse(b.modifiedAt);
  }
}

export function withoutEntries(pages: readonly EntriesPage[], paths: ReadonlySet<string>): EntriesPage[] {
  return pages.map((page) => {
    const entries = page.entries.filter((entry) => !paths.has(entry.path));
    return entries.length === page.entries.length ? page : { ...page, entries };
  });
}

/**
 * The pages with the entry in its place. Where its place is beyond the last loaded page and more can be loaded, it is
 * left out: it comes with its page.
 */
export function withEntry(pages: readonly EntriesPage[], entry: Entry, sort: ListingSort): EntriesPage[] {
  const inPlace = replacedInPlace(pages, entry, sort);
  if (inPlace !== undefined) return inPlace;
  const rest = withoutEntries(pages, new Set([entry.path]));
  const pageIndex = rest.findIndex((page) => isBefore(entry, page.entries.at(-1), sort));
  if (pageIndex !== -1) return withInsertion(rest, pageIndex, entry, sort);
  const isAllLoaded = rest.at(-1)?.nextCursor === null;
  return isAllLoaded ? withInsertion(rest, rest.length - 1, entry, sort) : rest;
}

function isBefore(entry: Entry, other: Entry | undefined, sort: ListingSort): boolean {
  return other !== undefined && compareEntries(entry, other, sort) < 0;
}

function withInsertion(pages: EntriesPage[], pageIndex: number, entry: Entry, sort: ListingSort): EntriesPage[] {
  const page = pages[pageIndex];
  if (page === undefined) return pages;
  let low = 0;
  let high = page.entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(entry, page.entries[middle], sort)) high = middle;
    else low = middle + 1;
  }
  return pages.with(pageIndex, { ...page, entries: page.entries.toSpliced(low, 0, entry) });
}

/** The common case, a newer state of an entry whose place does not change. */
function replacedInPlace(pages: readonly EntriesPage[], entry: Entry, sort: ListingSort): EntriesPage[] | undefined {
  for (const [pageIndex, page] of pages.entries()) {
    const position = page.entries.findIndex((other) => other.path === entry.path);
    const old = page.entries[position];
    if (old === undefined) continue;
    if (compareEntries(old, entry, sort) !== 0) return undefined;
    return pages.with(pageIndex, { ...page, entries: page.entries.with(position, entry) });
  }
  return undefined;
}

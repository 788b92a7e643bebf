/**
 * LIST_ENTRIES: one page of a folder. Folders come before files in every order; among equals in size or time, names decide;
 * descending is the exact reverse within the folders and within the files. A page begins where the one before ended, by
 * value and not by number: entries that come or go meanwhile make no other entry appear twice or be left out.
 */
import type { EntrySort, FilePath, SortOrder } from '@netstore/shared-types';
import { type EntryRow, LIST_LIMIT_MAX } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import { FIRST_SORT_KEY, LAST_SORT_KEY, sortKeyOf } from '../sort-key.ts';
import type { Tables } from '../tables/tables.ts';
import { fileVersionOf, VERSION_COLUMNS, type VersionRow } from '../tables/version-table.ts';
import { formatCursor, type ListingPosition, parseCursor } from './cursor.ts';
import { findEntry } from './find-entry.ts';
import type { ListingQuery } from './listing-query.ts';

/** `isFound` is false when no folder is there; `next` is null on the last page. */
export interface ListingFound {
  readonly isFound: boolean;
  readonly entries: EntryRow[];
  readonly next: string | null;
}

type ListingRow = ListingPosition & { readonly modifiedAtMs: number } & ({ readonly isFile: 0 } | ({ readonly isFile: 1 } & VersionRow));

/** Where a run of folders or of files begins: after this value and key. */
interface Start {
  readonly value: number;
  readonly sortKey: Uint8Array;
}

const SORTS = {
  name: { index: 'entries_by_name', value: '0' },
  sizeBytes: { index: 'entries_by_size', value: 'e.sizeBytes' },
  modifiedAt: { index: 'entries_by_time', value: 'e.modifiedAtMs' },
} as const satisfies Record<EntrySort, { index: string; value: string }>;

const STARTS = {
  asc: { value: -1, sortKey: FIRST_SORT_KEY },
  desc: { value: Number.MAX_SAFE_INTEGER, sortKey: LAST_SORT_KEY },
} as const satisfies Record<SortOrder, Start>;

type RunStatement = Statement<(number | Uint8Array)[], ListingRow>;

export class Listing {
  readonly #tables: Tables;
  readonly #runs = new Map<string, RunStatement>();

  constructor(database: Database, tables: Tables) {
    this.#tables = tables;
    for (const sort of Object.keys(SORTS) as EntrySort[]) {
      for (const order of ['asc', 'desc'] as const) this.#runs.set(`${sort} ${order}`, prepareRun(database, sort, order));
    }
  }

  /** Throws `NS_BAD_CURSOR`. */
  page(query: ListingQuery): ListingFound {
    const folder = findEntry(this.#tables, query.space, query.folder);
    if (folder === undefined || folder.isFile) return { isFound: false, entries: [], next: null };
    const limit = Math.min(query.limit, LIST_LIMIT_MAX);
    const rows = this.#rows(folder.id, query, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last !== undefined ? formatCursor(query, last) : null;
    return { isFound: true, entries: shown.map((row) => entryRowOf(row, query.folder)), next };
  }

  #rows(folderId: number, query: ListingQuery, limit: number): ListingRow[] {
    const start = STARTS[query.order];
    const after = query.after === null ? undefined : parseCursor(query, query.after);
    const resumed = after && { value: after.value, sortKey: sortKeyOf(after.name) };
    const rows: ListingRow[] = [];
    if (after?.isFile !== 1) rows.push(...this.#run(query, [folderId, 0], resumed ?? start, limit));
    if (rows.length < limit) {
      rows.push(...this.#run(query, [folderId, 1], (after?.isFile === 1 && resumed) || start, limit - rows.length));
    }
    return rows;
  }

  #run(
    { sort, order }: ListingQuery,
    within: readonly [folderId: number, isFile: 0 | 1],
    { value, sortKey }: Start,
    limit: number,
  ): ListingRow[] {
    const position = sort === 'name' ? [sortKey] : [value, sortKey];
    return this.#runs.get(`${sort} ${order}`)?.all(...within, ...position, limit) ?? [];
  }
}

function prepareRun(database: Database, sort: EntrySort, order: SortOrder): RunStatement {
  const { index, value } = SORTS[sort];
  const comparison = order === 'asc' ? '>' : '<';
  const [position, keys] = sort === 'name' ? ['e.sortKey', ['e.sortKey']] : [`(${value}, e.sortKey)`, [value, 'e.sortKey']];
  return database.prepare(
    `SELECT e.isFile, ${value} AS value, e.name, e.modifiedAtMs, ${VERSION_COLUMNS}
     FROM entries e INDEXED BY ${index}
     LEFT JOIN versions v ON v.entryId = e.id AND v.seq = e.versionSeq
     LEFT JOIN contents c ON c.contentId = v.contentId
     WHERE e.parentId = ? AND e.isFile = ? AND ${position} ${comparison} ${sort === 'name' ? '?' : '(?, ?)'}
     ORDER BY ${keys.map((key) => `${key} ${order}`).join(', ')} LIMIT ?`,
  );
}

function entryRowOf(row: ListingRow, folder: FilePath): EntryRow {
  const path = (folder === '' ? row.name : `${folder}/${row.name}`) as FilePath;
  return { path, modifiedAtMs: row.modifiedAtMs, file: row.isFile ? fileVersionOf(row) : null, replicas: null };
}

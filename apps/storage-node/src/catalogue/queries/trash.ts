/**
 * LIST_TRASH: one page of the trash of a space, last trashed first. What purging an entry would free is counted in passing: each
 * page may look at so many rows and no more, and folders that are too large for what is left of that have none.
 */
import { NetStoreError, type SpaceId } from '@netstore/shared-types';
import { LIST_LIMIT_MAX, type TrashRow } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Tables } from '../tables/tables.ts';
import type { TrashState } from '../tables/trash-table.ts';

/** Entries and versions that one page may count. */
export const COUNTED_MAX = 10_000;
const CURSOR = /^[1-9]\d{0,15}$/;

export interface TrashQuery {
  readonly space: SpaceId;
  readonly after: string | null;
  readonly limit: number;
}

/** `next` is null on the last page. */
export interface TrashFound {
  readonly entries: TrashRow[];
  readonly next: string | null;
}

type Amount = Pick<TrashRow, 'files' | 'sizeBytes'>;

interface CountedEntries {
  readonly count: number;
  readonly files: number;
}

interface CountedVersions {
  readonly count: number;
  readonly sizeBytes: number;
}

export class TrashListing {
  readonly #tables: Tables;
  readonly #countEntries: Statement<[number, number], CountedEntries>;
  readonly #sumVersions: Statement<[number, number], CountedVersions>;

  constructor(database: Database, tables: Tables) {
    this.#tables = tables;
    const below = `WITH RECURSIVE below (id) AS (
      SELECT ? UNION ALL SELECT e.id FROM below b JOIN entries e INDEXED BY entries_by_path ON e.parentId = b.id)`;
    this.#countEntries = database.prepare(
      `${below} SELECT count(*) AS count, coalesce(sum(isFile), 0) AS files FROM (
         SELECT e.isFile FROM below b JOIN entries e ON e.id = b.id LIMIT ?)`,
    );
    this.#sumVersions = database.prepare(
      `${below} SELECT count(*) AS count, coalesce(sum(sizeBytes), 0) AS sizeBytes FROM (
         SELECT c.sizeBytes FROM below b JOIN versions v ON v.entryId = b.id JOIN contents c ON c.contentId = v.contentId LIMIT ?)`,
    );
  }

  /** Throws `NS_BAD_CURSOR`. */
  page({ space, after, limit }: TrashQuery): TrashFound {
    const rowsMax = Math.min(limit, LIST_LIMIT_MAX);
    const rows = this.#tables.trash.page(space, after === null ? Number.MAX_SAFE_INTEGER : parseCursor(after), rowsMax + 1);
    const shown = rows.slice(0, rowsMax);
    let left = COUNTED_MAX;
    const entries = shown.map((row) => {
      const { counted, ...amount } = this.#amountOf(row, left);
      left -= counted;
      return this.#rowOf(row, amount);
    });
    return { entries, next: rows.length > rowsMax ? String(shown.at(-1)?.trashId) : null };
  }

  #rowOf({ trashId, entryId, path, trashedAtMs, trashedBy }: TrashState, { files, sizeBytes }: Amount): TrashRow {
    return { trashId, path, isFile: this.#tables.entries.get(entryId)?.isFile === 1, files, sizeBytes, trashedAtMs, trashedBy };
  }

  /** Nothing is known of what has more than `most` entries and versions. */
  #amountOf({ entryId }: TrashState, most: number): Amount & { readonly counted: number } {
    const tooMany = { counted: most, files: null, sizeBytes: null };
    const { count: entries = 0, files = 0 } = this.#countEntries.get(entryId, most + 1) ?? {};
    if (entries > most) return tooMany;
    const { count: versions = 0, sizeBytes = 0 } = this.#sumVersions.get(entryId, most + 1) ?? {};
    if (entries + versions > most) return tooMany;
    return { counted: entries + versions, files, sizeBytes };
  }
}

function parseCursor(cursor: string): number {
  if (!CURSOR.test(cursor)) throw new NetStoreError('NS_BAD_CURSOR', 'Cursor cannot be used: it was not made by a listing of the trash');
  return Number(cursor);
}

/**
 * One page of a folder, without what may not be seen: a page may be shorter than its limit, and is the last one when it has no cursor. A cursor belongs to one listing: another space, folder,
 * sort or order does not take it.
 */
import {
  canBelow,
  decide,
  type EntriesPage,
  type EntriesQuery,
  type Entry,
  type EntrySort,
  type FilePath,
  parseFolderPath,
  type SortOrder,
  type SpaceId,
  visibleChildren,
} from '@netstore/shared-types';
import type { EntryRow } from '@netstore/wire-protocol';
import { listEntries } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { permit } from '../spaces/permit.ts';
import type { GrantedSpace } from '../spaces/space-rights.ts';
import type { Cursors } from './cursors.ts';
import { entryView } from './entry-view.ts';
import { notFound } from './not-found.ts';

const LIMIT_DEFAULT = 100;
/** Pages of which nothing may be seen that one request passes over. */
const ROUNDS_MAX = 50;

export interface ListingQuestion {
  readonly requestId: string;
  readonly space: GrantedSpace;
  readonly query: EntriesQuery;
  /** The newest state that the client has seen. */
  readonly minSeq: number | null;
  readonly cursors: Cursors;
}

export interface ListedFolder {
  readonly page: EntriesPage;
  readonly appliedSeq: number;
  readonly isStale: boolean;
}

interface Listing {
  readonly space: SpaceId;
  readonly folder: FilePath;
  readonly sort: EntrySort;
  readonly order: SortOrder;
}

/** Throws `NS_NOT_FOUND` when the folder is not there, `NS_BAD_CURSOR`, `NS_BAD_PATH`. */
export async function listFolder(
  nodes: StorageNodes,
  { requestId, space, query, minSeq, cursors }: ListingQuestion,
  signal: AbortSignal,
): Promise<ListedFolder> {
  const { sort = 'name', order = 'asc', limit = LIMIT_DEFAULT, cursor } = query;
  const listing: Listing = { space: space.id, folder: parseFolderPath(query.folder ?? ''), sort, order };
  permit(space, { action: 'see', path: listing.folder, what: 'folder' });
  let after = cursor === undefined ? null : cursors.open(cursor, nameOf(listing));
  for (let round = 1; ; round += 1) {
    const answer = await listEntries(nodes, { requestId, ...listing, after, limit, minSeq }, signal);
    // The root of a space is there before anything is in it.
    if (!answer.isFound && listing.folder !== '') throw notFound('folder', answer.isStale);
    const entries = visible(space, answer.entries);
    const { next, appliedSeq, isStale } = answer;
    if (entries.length > 0 || next === null || round === ROUNDS_MAX) {
      const page = {
        entries: entries.map((row) => shown(space, listing.folder, row)),
        nextCursor: next === null ? null : cursors.seal(next, nameOf(listing)),
      };
      return { page, appliedSeq, isStale };
    }
    after = next;
  }
}

function visible({ access }: GrantedSpace, rows: readonly EntryRow[]): EntryRow[] {
  return visibleChildren(
    access,
    rows.map((row) => ({ row, path: row.path, isFile: row.file !== null })),
  ).map(({ row }) => row);
}

/** What is more closed than the folder is marked, so that nobody is offered what would be refused. */
function shown({ access }: GrantedSpace, folder: FilePath, row: EntryRow): Entry {
  const isNarrower = decide(access, 'delete', folder).isAllowed && !canBelow(access, 'delete', row.path);
  return isNarrower ? { ...entryView(row), isReadOnly: true } : entryView(row);
}

const nameOf = ({ space, folder, sort, order }: Listing): string => JSON.stringify([space, folder, sort, order]);

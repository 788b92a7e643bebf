/**
 * One page of a folder, without what may not be seen: a page may be shorter than its limit, and is the last one when it has no cursor. A cursor belongs to one listing: another space, folder,
 * sort or order does not take it.
 */
import { createHash } from 'node:crypto';
import {
  type EntriesPage,
  type EntriesQuery,
  type EntrySort,
  type FilePath,
  NetStoreError,
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
import { entryView } from './entry-view.ts';
import { notFound } from './not-found.ts';

const LIMIT_DEFAULT = 100;
/** Pages of which nothing may be seen that one request passes over. */
const ROUNDS_MAX = 50;
const SEAL_LENGTH = 22;

export interface ListingQuestion {
  readonly requestId: string;
  readonly space: GrantedSpace;
  readonly query: EntriesQuery;
  /** The newest state that the client has seen. */
  readonly minSeq: number | null;
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
  { requestId, space, query, minSeq }: ListingQuestion,
  signal: AbortSignal,
): Promise<ListedFolder> {
  const { sort = 'name', order = 'asc', limit = LIMIT_DEFAULT, cursor } = query;
  const listing: Listing = { space: space.id, folder: parseFolderPath(query.folder ?? ''), sort, order };
  permit(space, { action: 'see', path: listing.folder, what: 'folder' });
  let after = cursor === undefined ? null : openCursor(cursor, listing);
  for (let round = 1; ; round += 1) {
    const answer = await listEntries(nodes, { requestId, ...listing, after, limit, minSeq }, signal);
    // The root of a space is there before anything is in it.
    if (!answer.isFound && listing.folder !== '') throw notFound('folder', answer.isStale);
    const entries = visible(space, answer.entries);
    const { next, appliedSeq, isStale } = answer;
    if (entries.length > 0 || next === null || round === ROUNDS_MAX) {
      const page = { entries: entries.map(entryView), nextCursor: next === null ? null : makeCursor(next, listing) };
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

/** Seal and place: the seal names the listing, so that a mistake is found, not an attack; a place is no secret. */
function makeCursor(after: string, listing: Listing): string {
  return sealOf(listing) + Buffer.from(after).toString('base64url');
}

function openCursor(cursor: string, listing: Listing): string {
  const place = cursor.slice(SEAL_LENGTH);
  const after = Buffer.from(place, 'base64url');
  if (cursor.slice(0, SEAL_LENGTH) !== sealOf(listing) || after.toString('base64url') !== place || place === '') {
    throw new NetStoreError('NS_BAD_CURSOR', 'The cursor was not made by this listing');
  }
  return after.toString();
}

function sealOf({ space, folder, sort, order }: Listing): string {
  return createHash('sha256')
    .update(JSON.stringify([space, folder, sort, order]))
    .digest('base64url')
    .slice(0, SEAL_LENGTH);
}

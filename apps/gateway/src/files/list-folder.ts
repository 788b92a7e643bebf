/** One page of a folder. A cursor belongs to one listing: another space, folder, sort or order does not take it. */
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
} from '@netstore/shared-types';
import { listEntries } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { entryView } from './entry-view.ts';
import { notFound } from './not-found.ts';

const LIMIT_DEFAULT = 100;
const SEAL_LENGTH = 22;

export interface ListingQuestion {
  readonly requestId: string;
  readonly space: SpaceId;
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
  const listing: Listing = { space, folder: parseFolderPath(query.folder ?? ''), sort, order };
  const after = cursor === undefined ? null : openCursor(cursor, listing);
  const answer = await listEntries(nodes, { requestId, ...listing, after, limit, minSeq }, signal);
  // The root of a space is there before anything is in it.
  if (!answer.isFound && listing.folder !== '') throw notFound('folder', answer.isStale);
  const nextCursor = answer.next === null ? null : makeCursor(answer.next, listing);
  const { appliedSeq, isStale } = answer;
  return { page: { entries: answer.entries.map(entryView), nextCursor }, appliedSeq, isStale };
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

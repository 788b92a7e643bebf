/** What LIST_ENTRIES asks. */
import type { EntrySort, FilePath, SortOrder, SpaceId } from '@netstore/shared-types';

export interface ListingQuery {
  readonly space: SpaceId;
  readonly folder: FilePath;
  readonly after: string | null;
  readonly limit: number;
  readonly sort: EntrySort;
  readonly order: SortOrder;
}

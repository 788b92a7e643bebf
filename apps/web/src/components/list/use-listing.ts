/** The entries of one folder, loaded page by page as they come into view. */
import type { EntriesPage, Entry } from '@netstore/shared-types';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Listing } from '../../api/files-api.ts';
import { listingKey } from '../../api/listing-cache.ts';
import { useNetStore } from '../../net-store.ts';
import { isShort, type Loaded, useLoaded } from './use-loaded.ts';

/** The first page is small, to be there at once; the next are as large as the server allows. */
const FIRST_PAGE_ENTRIES = 200;
const NEXT_PAGE_ENTRIES = 1000;
const COPYING_REFETCH_MS = 6000;

export function useListing(listing: Listing): Loaded<Entry> {
  const { files } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: listingKey(listing),
    queryFn: ({ pageParam, signal }) =>
      files.list(listing, { cursor: pageParam, limit: pageParam === null ? FIRST_PAGE_ENTRIES : NEXT_PAGE_ENTRIES }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: EntriesPage) => page.nextCursor,
    // Comparing a hundred thousand entries in depth on every page would cost more than drawing the visible ones anew.
    structuralSharing: false,
    refetchOnWindowFocus: isShort,
    refetchOnMount: isShort,
    refetchInterval: (query) => (isShort(query) && isCopying(query.state.data?.pages ?? []) ? COPYING_REFETCH_MS : false),
  });
  return useLoaded(query);
}

/** Whether the listing shows a file whose copies are still being made. */
function isCopying(pages: readonly EntriesPage[]): boolean {
  return pages.some((page) => page.entries.some(({ replicas }) => replicas !== null && replicas.durable < replicas.total));
}

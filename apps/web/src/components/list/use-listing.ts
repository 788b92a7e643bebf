/** The entries of one folder, loaded page by page as they come into view. */
import type { EntriesPage, Entry } from '@netstore/shared-types';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Listing } from '../../api/files-api.ts';
import { listingKey } from '../../api/listing-cache.ts';
import { useNetStore } from '../../net-store.ts';

/** The first page is small, to be there at once; the next are as large as the server allows. */
const FIRST_PAGE_ENTRIES = 200;
const NEXT_PAGE_ENTRIES = 1000;
/** A listing with more loaded pages than this is patched and not fetched again behind the user's back. */
const REFETCHED_PAGES_MAX = 3;
const COPYING_REFETCH_MS = 6000;

export interface LoadedListing {
  readonly entries: readonly Entry[];
  readonly problem: unknown;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** The next page could not be loaded; `loadMore` tries again. */
  readonly hasMoreProblem: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

export function useListing(listing: Listing): LoadedListing {
  const { files } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: listingKey(listing),
    queryFn: ({ pageParam, signal }) =>
      files.list(listing, { cursor: pageParam, limit: pageParam === null ? FIRST_PAGE_ENTRIES : NEXT_PAGE_ENTRIES }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: EntriesPage) => page.nextCursor,
    // Comparing a hundred thousand entries in depth on every page would cost more than drawing the visible ones anew.
    structuralSharing: false,
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= REFETCHED_PAGES_MAX,
    refetchOnMount: ({ state }) => (state.data?.pages.length ?? 0) <= REFETCHED_PAGES_MAX,
    refetchInterval: ({ state }) => (isCopying(state.data?.pages ?? []) ? COPYING_REFETCH_MS : false),
  });
  const pages = query.data?.pages;
  const entries = useMemo(() => (pages ?? []).flatMap((page) => page.entries), [pages]);
  return {
    entries,
    problem: query.data === undefined ? query.error : null,
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    hasMoreProblem: query.isFetchNextPageError,
    loadMore: () => void query.fetchNextPage(),
    reload: () => void query.refetch(),
  };
}

/** Whether a short listing shows a file whose copies are still being made. */
function isCopying(pages: readonly EntriesPage[]): boolean {
  if (pages.length > REFETCHED_PAGES_MAX) return false;
  return pages.some((page) => page.entries.some(({ replicas }) => replicas !== null && replicas.durable < replicas.total));
}

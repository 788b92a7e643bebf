/** What lists need to know of entries that are loaded page by page as they come into view. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';

/** A list with more loaded pages than this is patched and not fetched again behind the user's back. */
const REFETCHED_PAGES_MAX = 3;

export interface Loaded<Item> {
  readonly entries: readonly Item[];
  readonly problem: unknown;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** The next page could not be loaded; `loadMore` tries again. */
  readonly hasMoreProblem: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

interface Page<Item> {
  readonly entries: readonly Item[];
}

export function useLoaded<Item>(query: UseInfiniteQueryResult<InfiniteData<Page<Item>, unknown>>): Loaded<Item> {
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

/** Whether it is cheap enough to fetch all loaded pages again. */
export function isShort({ state }: { readonly state: { readonly data: InfiniteData<unknown, unknown> | undefined } }): boolean {
  return (state.data?.pages.length ?? 0) <= REFETCHED_PAGES_MAX;
}

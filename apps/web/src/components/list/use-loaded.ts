/** What lists need to know of entries that are loaded page by page as they come into view. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { isPassedOver } from './is-passed-over.ts';

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

export function useLoaded<Item>(query: UseInfiniteQueryResult<InfiniteData<{ readonly entries: readonly Item[] }, unknown>>): Loaded<Item> {
  const pages = query.data?.pages;
  const entries = useMemo(() => (pages ?? []).flatMap((page) => page.entries), [pages]);
  const { hasNextPage: hasMore, isFetching, isFetchNextPageError: hasMoreProblem, fetchNextPage } = query;
  const isPassing = hasMore && isPassedOver(pages ?? []);
  useEffect(() => {
    if (isPassing && !isFetching && !hasMoreProblem) void fetchNextPage({ cancelRefetch: false });
  }, [isPassing, isFetching, hasMoreProblem, fetchNextPage]);
  const isNothingYet = entries.length === 0 && isPassing;
  return {
    entries,
    problem: query.data === undefined || (isNothingYet && hasMoreProblem) ? query.error : null,
    isLoading: query.isPending || (isNothingYet && !hasMoreProblem),
    hasMore,
    isLoadingMore: query.isFetchingNextPage,
    hasMoreProblem,
    loadMore: () => void fetchNextPage(),
    reload: () => void query.refetch(),
  };
}

/** Whether it is cheap enough to fetch all loaded pages again. */
export function isShort({ state }: { readonly state: { readonly data: InfiniteData<unknown, unknown> | undefined } }): boolean {
  return (state.data?.pages.length ?? 0) <= REFETCHED_PAGES_MAX;
}

/** The trash of a space, loaded page by page as it comes into view. */
import type { TrashEntry, TrashPage } from '@netstore/shared-types';
import { useInfiniteQuery } from '@tanstack/react-query';
import { trashKey } from '../../api/trash-cache.ts';
import { useNetStore } from '../../net-store.ts';
import { isShort, type Loaded, useLoaded } from '../list/use-loaded.ts';

const PAGE_ENTRIES = 250;

export function useTrash(space: string): Loaded<TrashEntry> {
  const { files } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: trashKey(space),
    queryFn: ({ pageParam, signal }) => files.trash(space, { cursor: pageParam, limit: PAGE_ENTRIES }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: TrashPage) => page.nextCursor,
    structuralSharing: false,
    refetchOnWindowFocus: isShort,
    refetchOnMount: isShort,
  });
  return useLoaded(query);
}

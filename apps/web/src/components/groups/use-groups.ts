/** Groups and who is in them, as components read and change them. */
import type { GroupSummary } from '@netstore/shared-types';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useNetStore } from '../../net-store.ts';
import { type Loaded, useLoaded } from '../list/use-loaded.ts';
import { useSpaceChanges } from '../spaces/use-space-changes.ts';

const PAGE_ENTRIES = 100;

export function useGroups(): Loaded<GroupSummary> {
  const { groups } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: ['groups', 'list'],
    queryFn: async ({ pageParam, signal }) => {
      const page = await groups.list({ cursor: pageParam, limit: PAGE_ENTRIES }, signal);
      return { entries: page.groups, nextCursor: page.nextCursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return useLoaded(query);
}

/** User names. */
export function useGroupMembers(group: string): Loaded<string> {
  const { groups } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: ['groups', 'members', group],
    queryFn: async ({ pageParam, signal }) => {
      const page = await groups.members(group, { cursor: pageParam, limit: PAGE_ENTRIES }, signal);
      return { entries: page.members, nextCursor: page.nextCursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return useLoaded(query);
}

/** Has everything asked again that groups decide about. */
export function useGroupChanges(): () => void {
  const queries = useQueryClient();
  const renewSpaces = useSpaceChanges();
  return useCallback(() => {
    void queries.invalidateQueries({ queryKey: ['groups'] });
    renewSpaces();
  }, [queries, renewSpaces]);
}

/** Users by name, loaded page by page, and the open invitations. */
import type { Invitation, User } from '@netstore/shared-types';
import { type UseQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNetStore } from '../../net-store.ts';
import { type Loaded, useLoaded } from '../list/use-loaded.ts';

const PAGE_USERS = 50;

export function usePeople(search: string): Loaded<User> {
  const { people } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: ['people', search],
    queryFn: async ({ pageParam, signal }) => {
      const { users, nextCursor } = await people.users({ search, cursor: pageParam, limit: PAGE_USERS }, signal);
      return { entries: users, nextCursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    // What was found stays in sight while one goes on typing.
    placeholderData: (before) => before,
  });
  return useLoaded(query);
}

export function useInvitations(): UseQueryResult<Invitation[]> {
  const { people } = useNetStore();
  return useQuery({ queryKey: ['invitations'], queryFn: ({ signal }) => people.invitations(signal) });
}

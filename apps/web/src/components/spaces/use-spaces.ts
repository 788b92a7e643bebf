/** Spaces, their rules, and who can see what, as components read them. */
import type { GrantList, PersonAccess, SpaceDetail } from '@netstore/shared-types';
import { type UseQueryResult, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNetStore } from '../../net-store.ts';
import { type Loaded, useLoaded } from '../list/use-loaded.ts';

const PAGE_SPACES = 100;
const PAGE_VIEWERS = 50;
/** Rules may be changed by others while a folder is open. */
const ACCESS_STALE_MS = 10_000;

/** `others`: those one has no role in, for admins and auditors. */
export function useSpaces(whose: 'own' | 'others'): Loaded<SpaceDetail> {
  const { spaces } = useNetStore();
  const isAll = whose === 'others';
  const query = useInfiniteQuery({
    queryKey: ['spaces', whose],
    queryFn: async ({ pageParam, signal }) => {
      const page = await spaces.list({ cursor: pageParam, limit: PAGE_SPACES, isAll }, signal);
      return { entries: isAll ? page.spaces.filter(({ role }) => role === null) : page.spaces, nextCursor: page.nextCursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return useLoaded(query);
}

export function useSpace(name: string): UseQueryResult<SpaceDetail> {
  const { spaces } = useNetStore();
  return useQuery({ queryKey: ['spaces', 'one', name], queryFn: ({ signal }) => spaces.find(name, signal) });
}

export function useGrants(space: string): UseQueryResult<GrantList> {
  const { spaces } = useNetStore();
  return useQuery({ queryKey: ['grants', space], queryFn: ({ signal }) => spaces.grants(space, signal) });
}

/** Everybody who can see the path; for those who look after the space. */
export function useViewers(space: string, path: string): Loaded<PersonAccess> {
  const { spaces } = useNetStore();
  const query = useInfiniteQuery({
    queryKey: ['viewers', space, path],
    queryFn: async ({ pageParam, signal }) => {
      const { viewers, nextCursor } = await spaces.viewers(space, { path, cursor: pageParam, limit: PAGE_VIEWERS }, signal);
      return { entries: viewers, nextCursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return useLoaded(query);
}

interface AccessQuestion {
  readonly space: string;
  readonly path: string;
  readonly user: string;
  readonly isAsked: boolean;
}

/** What one person may do at a path. */
export function useAccess({ space, path, user, isAsked }: AccessQuestion): UseQueryResult<PersonAccess | null> {
  const { spaces } = useNetStore();
  return useQuery({
    queryKey: ['access', space, path, user],
    queryFn: async ({ signal }) => (await spaces.access(space, { path, user }, signal)) ?? null,
    enabled: isAsked,
    staleTime: ACCESS_STALE_MS,
  });
}

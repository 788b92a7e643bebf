import type { Me } from '@netstore/shared-types';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useNetStore } from '../net-store.ts';
import { fetchMe } from './accounts-api.ts';

/** Who is signed in, the spaces that are open to them, and how much their own take. */
export function useMe(staleTime = 60_000): UseQueryResult<Me> {
  const { client } = useNetStore();
  return useQuery({ queryKey: ['me'], queryFn: ({ signal }) => fetchMe(client, signal), staleTime });
}

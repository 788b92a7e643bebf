import type { Cluster } from '@netstore/shared-types';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useNetStore } from '../net-store.ts';
import { fetchCluster } from './cluster-api.ts';

/** The state of the cluster, asked for again and again while somebody looks. */
export function useCluster(everyMs: number): UseQueryResult<Cluster> {
  const { client } = useNetStore();
  return useQuery({ queryKey: ['cluster'], queryFn: ({ signal }) => fetchCluster(client, signal), refetchInterval: everyMs, retry: false });
}

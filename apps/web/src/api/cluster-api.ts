import type { Cluster } from '@netstore/shared-types';
import type { ApiClient } from './api-client.ts';

export function fetchCluster(client: ApiClient, signal?: AbortSignal): Promise<Cluster> {
  return client.json({ path: '/api/v1/cluster', signal });
}

/** The state of the cluster, for any signed-in person: no name of a file or a user is in it. */
import { Cluster } from '@netstore/shared-types';
import type { Gatekeeper } from '../auth/authenticate.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';
import { askStatus } from './ask-status.ts';
import { CatchUpPace } from './catch-up-pace.ts';
import { clusterView } from './cluster-view.ts';
import type { StorageNodes } from './storage-nodes.ts';

export interface ClusterRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
}

export async function clusterRoutes(app: GatewayApp, { nodes, gatekeeper }: ClusterRoutesOptions): Promise<void> {
  const pace = new CatchUpPace();
  app.get(
    '/api/v1/cluster',
    {
      onRequest: gatekeeper.requireLiveSession,
      schema: {
        tags: ['cluster'],
        summary: 'The nodes, who is primary, what is at risk, and who may be stopped',
        security: [{ accessToken: [] }],
        querystring: NoQuery,
        response: { 200: Cluster, ...problems },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const reports = await askStatus(nodes, request.id);
      return clusterView(reports, pace.observe(reports, performance.now()));
    },
  );
}

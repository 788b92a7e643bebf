/** The trash of a space: what was deleted, by whom, where it was, and until when it can be restored. */
import { TrashPage, TrashQuery } from '@netstore/shared-types';
import { type Gatekeeper, spaceOf } from '../auth/authenticate.ts';
import { listTrash } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { problems, ReadHeaders, SpaceParams } from '../route-schemas.ts';
import { clientSignal } from './client-signal.ts';
import { sayState } from './say-state.ts';
import { trashEntryView } from './trash-view.ts';
import { seenSeqOf } from './version-token.ts';

export interface TrashRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
}

const LIMIT_DEFAULT = 100;

export async function trashRoutes(app: GatewayApp, { nodes, gatekeeper }: TrashRoutesOptions): Promise<void> {
  app.get(
    '/api/v1/spaces/:space/trash',
    {
      onRequest: gatekeeper.grant('read'),
      schema: {
        tags: ['entries'],
        summary: 'What was deleted and can be restored, last deleted first, page by page',
        security: [{ accessToken: [] }],
        params: SpaceParams,
        querystring: TrashQuery,
        headers: ReadHeaders,
        response: { 200: TrashPage, ...problems },
      },
    },
    async (request, reply) => {
      const { cursor = null, limit = LIMIT_DEFAULT } = request.query;
      const asked = { requestId: request.id, space: spaceOf(request).id, after: cursor, limit, minSeq: seenSeqOf(request.headers) };
      const { entries, next, graceMs, ...state } = await listTrash(nodes, asked, clientSignal(reply));
      sayState(reply, state);
      return { entries: entries.map((row) => trashEntryView(row, graceMs)), nextCursor: next };
    },
  );
}

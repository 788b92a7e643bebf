/**
 * The trash of a space: what was deleted, by whom, where it was, and until when it can be restored. What may not be read where it was is not
 * listed; so a page may be shorter than its limit, and is the last one when it has no cursor.
 */
import { canBelow, decide, TrashPage, TrashQuery } from '@netstore/shared-types';
import type { TrashAnswer } from '@netstore/wire-protocol';
import { type Gatekeeper, spaceOf } from '../auth/authenticate.ts';
import { listTrash } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { fileSecurity, problems, ReadHeaders, SpaceParams } from '../route-schemas.ts';
import type { GrantedSpace } from '../spaces/space-rights.ts';
import { clientSignal } from './client-signal.ts';
import { sayState } from './say-state.ts';
import { trashEntryView } from './trash-view.ts';
import { seenSeqOf } from './version-token.ts';

export interface TrashRoutesOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
}

const LIMIT_DEFAULT = 100;
/** Pages of which nothing may be seen that one request passes over. */
const ROUNDS_MAX = 50;

export async function trashRoutes(app: GatewayApp, { nodes, gatekeeper }: TrashRoutesOptions): Promise<void> {
  app.get(
    '/api/v1/spaces/:space/trash',
    {
      onRequest: gatekeeper.grant('read'),
      schema: {
        tags: ['entries'],
        summary: 'What was deleted and can be restored, last deleted first, page by page',
        security: fileSecurity,
        params: SpaceParams,
        querystring: TrashQuery,
        headers: ReadHeaders,
        response: { 200: TrashPage, ...problems },
      },
    },
    async (request, reply) => {
      const { cursor = null, limit = LIMIT_DEFAULT } = request.query;
      const asked = { requestId: request.id, after: cursor, limit, minSeq: seenSeqOf(request.headers) };
      const space = spaceOf(request);
      const { entries, next, graceMs, ...state } = await listVisible(nodes, space, { asked, signal: clientSignal(reply) });
      sayState(reply, state);
      const views = entries.map((row) => {
        const [isWhole, mayDelete] = [canBelow(space.access, 'read', row.path), canBelow(space.access, 'delete', row.path)];
        return trashEntryView(row, { graceMs, isWhole, isReadOnly: !mayDelete });
      });
      return { entries: views, nextCursor: next };
    },
  );
}

interface AskedPage {
  readonly asked: { readonly requestId: string; readonly after: string | null; readonly limit: number; readonly minSeq: number | null };
  readonly signal: AbortSignal;
}

async function listVisible(nodes: StorageNodes, space: GrantedSpace, { asked, signal }: AskedPage): Promise<TrashAnswer> {
  let { after } = asked;
  for (let round = 1; ; round += 1) {
    const answer = await listTrash(nodes, { ...asked, space: space.id, after }, signal);
    const entries = answer.entries.filter(({ path }) => decide(space.access, 'read', path).isAllowed);
    if (entries.length > 0 || answer.next === null || round === ROUNDS_MAX) return { ...answer, entries };
    after = answer.next;
  }
}

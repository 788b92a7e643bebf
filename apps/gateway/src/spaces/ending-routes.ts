/**
 * Deleting a shared space. It is marked first: from then on nobody adds to it. What is in it goes the ways that all files go, into the trash and
 * out of it. The space itself goes last, when what was allowed before the mark is over and the nodes say that nothing is left.
 */
import { type EndedSpace, NetStoreError, parseSpaceId, SpaceDetail, type SpaceStanding } from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Gatekeeper } from '../auth/authenticate.ts';
import { askFirst, type PassOnOptions, passOnChange, segment } from '../auth/pass-on.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { clientSignal } from '../files/client-signal.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems, SpaceParams } from '../route-schemas.ts';
import { requireEmpty } from './require-empty.ts';
import type { SpaceUsage } from './space-usage.ts';

interface EndingRoutesOptions extends PassOnOptions {
  readonly gatekeeper: Gatekeeper;
  readonly nodes: StorageNodes;
  readonly usage: SpaceUsage;
}

const common = { tags: ['spaces'], security: [{ accessToken: [] }], params: SpaceParams, querystring: NoQuery };

export async function endingRoutes(app: GatewayApp, options: EndingRoutesOptions): Promise<void> {
  const onRequest = options.gatekeeper.requireSession;
  const outdatedBy = (name: string) => [{ kind: 'space', name }] as const;
  for (const [method, summary] of [
    ['PUT', 'Begin to delete a shared space: nobody adds to it any more, and its links are worth nothing'],
    ['DELETE', 'Keep a space that was to be deleted'],
  ] as const) {
    app.route({
      method,
      url: '/api/v1/spaces/:space/ending',
      onRequest,
      schema: { ...common, summary, response: { 200: SpaceDetail, ...problems } },
      handler: async (request) => {
        const { space } = request.params;
        const path = `/v1/spaces/${segment(space)}/ending`;
        const standing = await passOnChange(options, request, { path, outdates: outdatedBy(space) });
        return options.usage.shown(request.id, standing as SpaceStanding);
      },
    });
  }

  app.delete(
    '/api/v1/spaces/:space',
    {
      onRequest,
      schema: { ...common, summary: 'Delete a space that is ending and empty', response: { 204: Type.Null(), ...problems } },
    },
    async (request, reply) => {
      const path = `/v1/spaces/${segment(request.params.space)}`;
      const { id, since, secondsLeft } = (await askFirst(options, request, `${path}/ending`)) as EndedSpace;
      requireOver(secondsLeft);
      await requireEmpty(options.nodes, { requestId: request.id, space: parseSpaceId(id) }, clientSignal(reply));
      const passed = { path: `${path}?since=${encodeURIComponent(since)}`, outdates: outdatedBy(request.params.space) };
      await passOnChange(options, request, passed);
      return reply.code(204).send(null);
    },
  );
}

/** What is found before then says nothing: something may still come. */
function requireOver(secondsLeft: number): void {
  if (secondsLeft === 0) return;
  throw new NetStoreError('NS_CONFLICT', `Uploads that began before the mark may still be on their way: try again in ${secondsLeft} s`);
}

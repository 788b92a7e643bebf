/** Links as people look after them. The auth service decides; that something is there to be shared is looked up here. */
import { IdParams, IssuedShareLink, NetStoreError, NewShareLink, parseFolderPath, ShareLinks } from '@netstore/shared-types';
import { Type } from 'typebox';
import { type Gatekeeper, sessionOf, spaceOf } from '../auth/authenticate.ts';
import type { Outdated } from '../auth/outdated.ts';
import { type PassOnOptions, passOn, passOnChange, segment } from '../auth/pass-on.ts';
import { getEntry } from '../cluster/metadata.ts';
import type { StorageNodes } from '../cluster/storage-nodes.ts';
import { clientSignal } from '../files/client-signal.ts';
import { notFound } from '../files/not-found.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems, SpaceParams } from '../route-schemas.ts';
import { permit } from '../spaces/permit.ts';

export interface LinkRoutesOptions extends PassOnOptions {
  readonly nodes: StorageNodes;
  readonly gatekeeper: Gatekeeper;
}

const common = { tags: ['shares'], security: [{ accessToken: [] }], querystring: NoQuery };
const done = { 204: Type.Null(), ...problems };
const SpaceLinkParams = Type.Object(
  { space: Type.String(), id: Type.String({ pattern: '^[0-9a-f]{32}$' }) },
  { additionalProperties: false },
);

export async function linkRoutes(app: GatewayApp, options: LinkRoutesOptions): Promise<void> {
  addMakeRoute(app, options);
  addLookRoutes(app, options);
  addEndRoutes(app, options);
}

function addMakeRoute(app: GatewayApp, options: LinkRoutesOptions): void {
  const { gatekeeper, nodes } = options;
  app.post(
    '/api/v1/spaces/:space/links',
    {
      onRequest: gatekeeper.grant('read'),
      schema: {
        ...common,
        summary: 'Share a file or folder by a link; its token is shown once',
        params: SpaceParams,
        body: NewShareLink,
        response: { 201: IssuedShareLink, ...problems },
      },
    },
    async (request, reply) => {
      sessionOf(request);
      const space = spaceOf(request);
      const path = parseFolderPath(request.body.path);
      permit(space, { action: 'see', path, what: 'entry' });
      if (path !== '') {
        const question = { requestId: request.id, space: space.id, path, withVersions: false, minSeq: null };
        const { entry, isStale } = await getEntry(nodes, question, clientSignal(reply));
        if (entry === null) throw notFound('entry', isStale);
        if (request.body.kind === 'drop' && entry.file !== null)
          throw new NetStoreError('NS_PATH_IS_FILE', 'Only a folder can be a drop box');
      }
      const asked = `/v1/spaces/${segment(request.params.space)}/links`;
      return reply.code(201).send((await passOnChange(options, request, { path: asked, outdates: [], isSlow: true })) as IssuedShareLink);
    },
  );
}

function addLookRoutes(app: GatewayApp, options: LinkRoutesOptions): void {
  const onRequest = options.gatekeeper.requireSession;
  app.get(
    '/api/v1/me/links',
    { onRequest, schema: { ...common, summary: 'One’s own links, the latest first', response: { 200: ShareLinks, ...problems } } },
    async (request) => (await passOn(options, request, '/v1/me/links')) as ShareLinks,
  );
  app.get(
    '/api/v1/spaces/:space/links',
    {
      onRequest,
      schema: { ...common, summary: 'All links into a space', params: SpaceParams, response: { 200: ShareLinks, ...problems } },
    },
    async (request) => (await passOn(options, request, `/v1/spaces/${segment(request.params.space)}/links`)) as ShareLinks,
  );
}

function addEndRoutes(app: GatewayApp, options: LinkRoutesOptions): void {
  const onRequest = options.gatekeeper.requireSession;
  app.delete(
    '/api/v1/me/links/:id',
    { onRequest, schema: { ...common, summary: 'End one of one’s own links', params: IdParams, response: done } },
    async (request, reply) => {
      await passOnChange(options, request, { path: `/v1/me/links/${request.params.id}`, outdates: outdatedBy(request.params) });
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/v1/spaces/:space/links/:id',
    { onRequest, schema: { ...common, summary: 'End a link into a space', params: SpaceLinkParams, response: done } },
    async (request, reply) => {
      const path = `/v1/spaces/${segment(request.params.space)}/links/${request.params.id}`;
      await passOnChange(options, request, { path, outdates: outdatedBy(request.params) });
      return reply.code(204).send(null);
    },
  );
}

function outdatedBy({ id }: IdParams): Outdated[] {
  return [{ kind: 'holder', holder: { kind: 'link', id } }];
}

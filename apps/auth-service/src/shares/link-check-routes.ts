/** What the gateway asks about a link that somebody presents: what it opens, what it leaves of its maker's rights, and whether one more download fits. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import {
  BrokenDownload,
  FoundLink,
  LINK_ID_HEADER,
  LINK_SPACE_HEADER,
  LinkDownload,
  OpenLink,
  parseShareLinkId,
  SpaceAccess,
} from '@netstore/shared-types';
import { NoQuery } from '../http.ts';
import { clientAddressOf } from '../sessions/client.ts';
import { AskedSpace } from '../spaces/space-routes.ts';
import type { ShareLinks } from './share-links.ts';

const LinkId = Type.String({ pattern: '^[0-9a-f]{32}$' });
const LinkParams = Type.Object({ link: LinkId }, { additionalProperties: false });
const LinkSpaceParams = Type.Object({ link: LinkId, space: AskedSpace }, { additionalProperties: false });
const done = { 204: Type.Null() };

export const linkCheckRoutes: FastifyPluginAsyncTypebox<{ links: ShareLinks }> = async (app, { links }) => {
  app.post('/v1/links/open', { schema: { querystring: NoQuery, body: OpenLink, response: { 200: FoundLink } } }, async (request, reply) => {
    // Of a refusal the gateway learns what it was about, and whoever asked does not.
    return await links.open(request.body, clientAddressOf(request), ({ id, space }) =>
      reply.headers({ [LINK_ID_HEADER]: id, [LINK_SPACE_HEADER]: encodeURIComponent(space) }),
    );
  });

  app.get(
    '/v1/links/:link/spaces/:space/access',
    { schema: { querystring: NoQuery, params: LinkSpaceParams, response: { 200: SpaceAccess } } },
    async (request) => {
      return await links.accessOf(parseShareLinkId(request.params.link), request.params.space);
    },
  );

  app.post(
    '/v1/links/:link/downloads',
    { schema: { querystring: NoQuery, params: LinkParams, body: LinkDownload, response: done } },
    async (request, reply) => {
      await links.countDownload(parseShareLinkId(request.params.link), request.body);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/v1/links/:link/downloads/broken',
    { schema: { querystring: NoQuery, params: LinkParams, body: BrokenDownload, response: done } },
    async (request, reply) => {
      await links.markBroken(parseShareLinkId(request.params.link), request.body);
      return reply.code(204).send(null);
    },
  );
};

/** Links as people look after them: `/v1/me/links` one's own, `/v1/spaces/:space/links` those of a space, for who manages it. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { IdParams, IssuedShareLink, NewShareLink, parseShareLinkId, ShareLinks as ShareLinkList } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import { NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import { requireManager } from '../spaces/oversight.ts';
import { AskedSpace, SpaceParams } from '../spaces/space-routes.ts';
import { listShareLinksIn, listShareLinksOf } from './share-link-store.ts';
import type { ShareLinks } from './share-links.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly links: ShareLinks;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
}

const SpaceLinkParams = Type.Object({ space: AskedSpace, id: Type.String() }, { additionalProperties: false });

export const shareLinkRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  const { db, links, authenticate, changes } = parts;
  app.get('/v1/me/links', { schema: { querystring: NoQuery, response: { 200: ShareLinkList } } }, async (request) => {
    const { userId } = await authenticate(request);
    return { links: (await listShareLinksOf(db, userId)).map((link) => links.viewOf(link)) };
  });

  app.delete(
    '/v1/me/links/:id',
    { schema: { querystring: NoQuery, params: IdParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { userId } = await authenticate(request);
      await links.end(userId, parseShareLinkId(request.params.id), { owner: userId });
      changes.announce({ kind: 'user', userId });
      return reply.code(204).send(null);
    },
  );

  await app.register(spaceLinkRoutes, parts);
};

const spaceLinkRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, links, authenticate, changes }) => {
  app.post(
    '/v1/spaces/:space/links',
    { schema: { querystring: NoQuery, params: SpaceParams, body: NewShareLink, response: { 201: IssuedShareLink } } },
    async (request, reply) => {
      const { userId } = await authenticate(request);
      const { link, token } = await links.create(userId, request.params.space, request.body);
      return reply.code(201).send({ link: links.viewOf(link), token });
    },
  );

  app.get(
    '/v1/spaces/:space/links',
    { schema: { querystring: NoQuery, params: SpaceParams, response: { 200: ShareLinkList } } },
    async (request) => {
      const session = await authenticate(request);
      const space = await requireManager(db, session, { space: request.params.space, wish: 'look' });
      return { links: (await listShareLinksIn(db, space.id)).map((link) => links.viewOf(link)) };
    },
  );

  app.delete(
    '/v1/spaces/:space/links/:id',
    { schema: { querystring: NoQuery, params: SpaceLinkParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const session = await authenticate(request);
      const space = await requireManager(db, session, { space: request.params.space, wish: 'change' });
      const userId = await links.end(session.userId, parseShareLinkId(request.params.id), { space: space.id });
      changes.announce({ kind: 'user', userId });
      return reply.code(204).send(null);
    },
  );
};

/** `/v1/spaces/:space/ending`: marking a space that is to go, keeping it after all, and taking it away when a gateway has found it empty. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { EndedSpace, EndingQuery, SpaceStanding } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import type { Clock } from '../clock.ts';
import { NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { requireManager, standingFor } from './oversight.ts';
import { noSuchSpace } from './space-access.ts';
import { endSpace, keepSpace, markEnding, requireEnding } from './space-ending.ts';
import { SpaceParams } from './space-routes.ts';
import { findSpace } from './space-store.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
  readonly now: Clock;
}

export const endingRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate, changes, now }) => {
  const url = '/v1/spaces/:space/ending';
  const changing = { querystring: NoQuery, params: SpaceParams, response: { 200: SpaceStanding } };

  app.get(url, { schema: { querystring: NoQuery, params: SpaceParams, response: { 200: EndedSpace } } }, async (request) => {
    const session = await authenticate(request);
    const space = await requireManager(db, session, { space: request.params.space, wish: 'change' });
    return { id: space.id, ...requireEnding(space, now()) };
  });

  app.put(url, { schema: changing }, async (request) => {
    const session = await authenticate(request);
    const space = await requireManager(db, session, { space: request.params.space, wish: 'change' });
    await markEnding(db, space, now());
    request.log.info({ userId: session.userId, space: space.id }, 'space marked as ending');
    changes.announce({ kind: 'space', name: space.name });
    return await standing(space.name, session);
  });

  app.delete(url, { schema: changing }, async (request) => {
    const session = await authenticate(request);
    const space = await requireManager(db, session, { space: request.params.space, wish: 'change' });
    await keepSpace(db, space.id);
    request.log.info({ userId: session.userId, space: space.id }, 'space kept after all');
    changes.announce({ kind: 'space', name: space.name });
    return await standing(space.name, session);
  });

  app.delete(
    '/v1/spaces/:space',
    { schema: { querystring: EndingQuery, params: SpaceParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const session = await authenticate(request);
      const { id, name } = await requireManager(db, session, { space: request.params.space, wish: 'change' });
      await endSpace(db, name, { since: request.query.since, now: now() });
      request.log.info({ userId: session.userId, space: id }, 'space deleted');
      changes.announce({ kind: 'space', name });
      return reply.code(204).send(null);
    },
  );

  async function standing(name: string, session: LiveSession): Promise<SpaceStanding> {
    const space = await findSpace(db, name);
    if (space === undefined) throw noSuchSpace();
    return await standingFor(db, session, space, now());
  }
};

/** `/v1/me/sessions`: where one is signed in, and ending that. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, OwnSessions, parseSessionId } from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Changes } from '../changes/changes.ts';
import { isoTime, NoQuery } from '../http.ts';
import type { Authenticate } from './authenticate.ts';
import type { Sessions } from './sessions.ts';

interface Parts {
  readonly sessions: Sessions;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
}

export const ownSessionRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { sessions, authenticate, changes }) => {
  app.get('/v1/me/sessions', { schema: { querystring: NoQuery, response: { 200: OwnSessions } } }, async (request) => {
    const { userId, id: current } = await authenticate(request);
    const found = await sessions.listOf(userId);
    return {
      sessions: found.map(({ id, createdAt, lastUsedAt, clientAddress, clientAgent }) => ({
        id,
        createdAt: isoTime(createdAt),
        lastUsedAt: isoTime(lastUsedAt),
        clientAddress,
        clientAgent,
        isCurrent: id === current,
      })),
    };
  });

  app.delete(
    '/v1/me/sessions/:id',
    { schema: { querystring: NoQuery, params: IdParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { userId } = await authenticate(request);
      await sessions.endOwn(userId, parseSessionId(request.params.id));
      changes.announce({ kind: 'user', userId });
      return reply.code(204).send(null);
    },
  );
};

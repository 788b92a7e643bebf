/** `GET /v1/setup` and `POST /v1/setup`: the first administrator, once. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IssuedSession, SetupRequest, SetupState } from '@netstore/shared-types';
import { NoQuery } from '../http.ts';
import { clientOf } from '../sessions/client.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { FirstAdminSetup } from './first-admin.ts';

interface Parts {
  readonly setup: FirstAdminSetup;
  readonly sessions: Sessions;
}

export const setupRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { setup, sessions }) => {
  app.get('/v1/setup', { schema: { querystring: NoQuery, response: { 200: SetupState } } }, async () => {
    return { isNeeded: await setup.isNeeded() };
  });

  app.post(
    '/v1/setup',
    { schema: { querystring: NoQuery, body: SetupRequest, response: { 201: IssuedSession } } },
    async (request, reply) => {
      const client = clientOf(request);
      const { token, ...admin } = request.body;
      const user = await setup.complete(token, admin);
      request.log.info({ userId: user.id }, 'set-up done');
      return reply.code(201).send(await sessions.begin(user, client));
    },
  );
};

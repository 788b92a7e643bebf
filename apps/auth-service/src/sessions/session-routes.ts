/** `/v1/sessions`: sign in, refresh, sign out. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IssuedSession, RefreshRequest, SignInRequest } from '@netstore/shared-types';
import { Type } from 'typebox';
import { NoQuery } from '../http.ts';
import { clientOf } from './client.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

interface Parts {
  readonly signIn: SignIn;
  readonly sessions: Sessions;
}

export const sessionRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { signIn, sessions }) => {
  app.post(
    '/v1/sessions',
    { schema: { querystring: NoQuery, body: SignInRequest, response: { 201: IssuedSession } } },
    async (request, reply) => {
      const client = clientOf(request);
      const user = await signIn.verify(request.body, client.address);
      return reply.code(201).send(await sessions.begin(user, client));
    },
  );

  app.post(
    '/v1/sessions/refresh',
    { schema: { querystring: NoQuery, body: RefreshRequest, response: { 200: IssuedSession } } },
    async (request) => {
      return await sessions.refresh(request.body.refreshToken, clientOf(request));
    },
  );

  app.delete(
    '/v1/sessions/current',
    { schema: { querystring: NoQuery, body: RefreshRequest, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await sessions.end(request.body.refreshToken);
      return reply.code(204).send(null);
    },
  );
};

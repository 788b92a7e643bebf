/** `/v1/password-resets`: for whoever holds a link. Links are made under `/v1/users`. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AcceptPasswordResetRequest, LinkRequest, PasswordResetOffer } from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Changes } from '../changes/changes.ts';
import { isoTime, NoQuery } from '../http.ts';
import { clientAddressOf } from '../sessions/client.ts';
import type { PasswordResets } from './password-resets.ts';

interface Parts {
  readonly resets: PasswordResets;
  readonly changes: Changes;
}

export const passwordResetRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { resets, changes }) => {
  app.post(
    '/v1/password-resets/look-up',
    { schema: { querystring: NoQuery, body: LinkRequest, response: { 200: PasswordResetOffer } } },
    async (request) => {
      const { username, expiresAt } = await resets.lookUp(request.body.token, clientAddressOf(request));
      return { username, expiresAt: isoTime(expiresAt) };
    },
  );

  app.post(
    '/v1/password-resets/accept',
    { schema: { querystring: NoQuery, body: AcceptPasswordResetRequest, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const userId = await resets.accept(request.body, clientAddressOf(request));
      changes.announce({ kind: 'user', userId });
      return reply.code(204).send(null);
    },
  );
};

/** `GET /v1/me`: who the bearer is, and what of NetStore is theirs. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Account } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import { quotaOf } from '../spaces/quota-store.ts';
import { summariesOf } from '../spaces/space-access.ts';
import { rolesOf } from './user-store.ts';

export const meRoutes: FastifyPluginAsyncTypebox<{ db: Kysely<Schema>; authenticate: Authenticate }> = async (
  app,
  { db, authenticate },
) => {
  app.get('/v1/me', { schema: { querystring: NoQuery, response: { 200: Account } } }, async (request) => {
    const { userId, username } = await authenticate(request);
    return {
      user: { id: userId, username },
      roles: await rolesOf(db, userId),
      spaces: await summariesOf(db, userId),
      bytesMax: await quotaOf(db, userId),
    };
  });
};

/** `/v1/me/keys` for everybody about their own, `/v1/users/:id/keys` and `/v1/keys/:id` for those who look after others. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type ApiKey, ApiKeys as ApiKeyList, IdParams, IssuedApiKey, NewApiKey, parseApiKeyId, parseUserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { Type } from 'typebox';
import type { OwnPassword } from '../accounts/own-password.ts';
import type { Changes } from '../changes/changes.ts';
import { isoTime, NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate, Authorize } from '../sessions/authenticate.ts';
import { clientAddressOf } from '../sessions/client.ts';
import { requireUserId } from '../spaces/subjects.ts';
import type { ApiKeyRow } from './api-key-store.ts';
import type { ApiKeys } from './api-keys.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly keys: ApiKeys;
  readonly ownPassword: OwnPassword;
  readonly authenticate: Authenticate;
  readonly authorize: Authorize;
  readonly changes: Changes;
}

const one = { querystring: NoQuery, params: IdParams };

export const apiKeyRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  const { keys, ownPassword, authenticate, changes } = parts;
  const viewOf = viewer(keys);

  app.get('/v1/me/keys', { schema: { querystring: NoQuery, response: { 200: ApiKeyList } } }, async (request) => {
    const { userId } = await authenticate(request);
    return { keys: (await keys.listOf(userId)).map(viewOf) };
  });

  // A stolen session would otherwise leave something behind that outlives it.
  app.post(
    '/v1/me/keys',
    { schema: { querystring: NoQuery, body: NewApiKey, response: { 201: IssuedApiKey } } },
    async (request, reply) => {
      const session = await authenticate(request);
      const { password, ...asked } = request.body;
      const proof = { password, clientAddress: clientAddressOf(request) };
      const { key, text } = await ownPassword.prove(session, proof, () => keys.create(session.userId, asked));
      return reply.code(201).send({ key: viewOf(key), text });
    },
  );

  app.delete('/v1/me/keys/:id', { schema: { ...one, response: { 204: Type.Null() } } }, async (request, reply) => {
    const { userId } = await authenticate(request);
    await keys.end(userId, parseApiKeyId(request.params.id), { owner: userId });
    changes.announce({ kind: 'user', userId });
    return reply.code(204).send(null);
  });

  await app.register(oversightRoutes, parts);
};

const oversightRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, keys, authorize, changes }) => {
  const viewOf = viewer(keys);
  app.get('/v1/users/:id/keys', { schema: { ...one, response: { 200: ApiKeyList } } }, async (request) => {
    await authorize.overseer(request);
    const userId = parseUserId(request.params.id);
    await requireUserId(db, userId);
    return { keys: (await keys.listOf(userId)).map(viewOf) };
  });

  app.delete('/v1/keys/:id', { schema: { ...one, response: { 204: Type.Null() } } }, async (request, reply) => {
    const { userId: by } = await authorize.admin(request);
    const userId = await keys.end(by, parseApiKeyId(request.params.id));
    changes.announce({ kind: 'user', userId });
    return reply.code(204).send(null);
  });
};

const viewer =
  (keys: ApiKeys) =>
  (key: ApiKeyRow): ApiKey => ({
    id: key.id,
    name: key.name,
    space: key.space,
    folder: key.folder,
    verbs: [...key.verbs],
    createdAt: isoTime(key.createdAt),
    expiresAt: timeOrNull(key.expiresAt),
    lastUsedAt: timeOrNull(key.lastUsedAt),
    isExpired: keys.isExpired(key),
  });

function timeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : isoTime(milliseconds);
}

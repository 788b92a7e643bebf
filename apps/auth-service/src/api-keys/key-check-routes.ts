/** What the gateway asks about a key that was presented to it: whom it speaks for, and what it has in a space. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { CheckedKey, KeyCheck, parseApiKeyId, SpaceAccess } from '@netstore/shared-types';
import { NoQuery } from '../http.ts';
import { AskedSpace } from '../spaces/space-routes.ts';
import type { ApiKeys } from './api-keys.ts';

const KeySpaceParams = Type.Object({ key: Type.String({ pattern: '^[0-9a-f]{32}$' }), space: AskedSpace }, { additionalProperties: false });

export const keyCheckRoutes: FastifyPluginAsyncTypebox<{ keys: ApiKeys }> = async (app, { keys }) => {
  app.post('/v1/keys/check', { schema: { querystring: NoQuery, body: KeyCheck, response: { 200: CheckedKey } } }, async (request) => {
    return { userId: await keys.check(request.body) };
  });

  app.get(
    '/v1/keys/:key/spaces/:space/access',
    { schema: { querystring: NoQuery, params: KeySpaceParams, response: { 200: SpaceAccess } } },
    async (request) => {
      return await keys.accessOf(parseApiKeyId(request.params.key), request.params.space);
    },
  );
};

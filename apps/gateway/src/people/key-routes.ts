/**
 * API keys as people look after them: their own, and those of others for who may. The auth service decides and answers. What ends here is forgotten
 * here at once, and by other gateways when they hear of it.
 */
import { ApiKeys, IdParams, IssuedApiKey, NewApiKey } from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Gatekeeper } from '../auth/authenticate.ts';
import type { Outdated } from '../auth/outdated.ts';
import { type PassOnOptions, passOn, passOnChange } from '../auth/pass-on.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';

export interface KeyRoutesOptions extends PassOnOptions {
  readonly gatekeeper: Gatekeeper;
}

const common = { tags: ['keys'], security: [{ accessToken: [] }], querystring: NoQuery };
const done = { 204: Type.Null(), ...problems };

export async function keyRoutes(app: GatewayApp, options: KeyRoutesOptions): Promise<void> {
  addOwnRoutes(app, options);
  addOversightRoutes(app, options);
}

function addOwnRoutes(app: GatewayApp, options: KeyRoutesOptions): void {
  const onRequest = options.gatekeeper.requireSession;
  app.get(
    '/api/v1/me/keys',
    { onRequest, schema: { ...common, summary: 'One’s own keys, the latest first', response: { 200: ApiKeys, ...problems } } },
    async (request) => (await passOn(options, request, '/v1/me/keys')) as ApiKeys,
  );
  app.post(
    '/api/v1/me/keys',
    {
      onRequest,
      schema: { ...common, summary: 'Make a key; its text is shown once', body: NewApiKey, response: { 201: IssuedApiKey, ...problems } },
    },
    async (request, reply) => {
      const issued = (await passOnChange(options, request, { path: '/v1/me/keys', outdates: [], isSlow: true })) as IssuedApiKey;
      return reply.code(201).header('cache-control', 'no-store').send(issued);
    },
  );
  app.delete(
    '/api/v1/me/keys/:id',
    { onRequest, schema: { ...common, summary: 'End one of one’s own keys', params: IdParams, response: done } },
    async (request, reply) => {
      await passOnChange(options, request, { path: `/v1/me/keys/${request.params.id}`, outdates: outdatedBy(request.params) });
      return reply.code(204).send(null);
    },
  );
}

function addOversightRoutes(app: GatewayApp, options: KeyRoutesOptions): void {
  const onRequest = options.gatekeeper.requireSession;
  app.get(
    '/api/v1/users/:id/keys',
    {
      onRequest,
      schema: { ...common, summary: 'The keys of somebody, the latest first', params: IdParams, response: { 200: ApiKeys, ...problems } },
    },
    async (request) => (await passOn(options, request, `/v1/users/${request.params.id}/keys`)) as ApiKeys,
  );
  app.delete(
    '/api/v1/keys/:id',
    { onRequest, schema: { ...common, summary: 'End a key, whosever it is', params: IdParams, response: done } },
    async (request, reply) => {
      await passOnChange(options, request, { path: `/v1/keys/${request.params.id}`, outdates: outdatedBy(request.params) });
      return reply.code(204).send(null);
    },
  );
}

function outdatedBy({ id }: IdParams): Outdated[] {
  return [{ kind: 'holder', holder: { kind: 'key', id } }];
}

/** Spaces, their rules, who can see what in them, and quotas: decided and answered by the auth service. */
import {
  Grant,
  GrantList,
  GrantQuery,
  NewSpace,
  type OwnerQuota,
  OwnerUsage,
  QuotaChange,
  SpaceChange,
  SpaceDetail,
  SpaceList,
  SpaceListQuery,
  type SpaceStanding,
  type SpaceStandings,
  ViewerList,
  ViewerQuery,
} from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Gatekeeper } from '../auth/authenticate.ts';
import type { Outdated } from '../auth/outdated.ts';
import { type PassOnOptions, passOn, passOnChange, segment } from '../auth/pass-on.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems, SpaceParams } from '../route-schemas.ts';
import type { SpaceUsage } from './space-usage.ts';

interface SpaceRoutesOptions extends PassOnOptions {
  readonly gatekeeper: Gatekeeper;
  readonly usage: SpaceUsage;
}

const common = { tags: ['spaces'], security: [{ accessToken: [] }] };
const UserParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{32}$' }) }, { additionalProperties: false });
const done = { 204: Type.Null(), ...problems };

export async function spaceRoutes(app: GatewayApp, options: SpaceRoutesOptions): Promise<void> {
  addSpaceRoutes(app, options);
  addRuleRoutes(app, options);
  addQuotaRoutes(app, options);
}

function addSpaceRoutes(app: GatewayApp, options: SpaceRoutesOptions): void {
  const onRequest = options.gatekeeper.requireSession;
  const shown = (request: { readonly id: string }, standing: unknown): Promise<SpaceDetail> =>
    options.usage.shown(request.id, standing as SpaceStanding);
  app.get(
    '/api/v1/spaces',
    {
      onRequest,
      schema: {
        ...common,
        summary: 'The spaces one has something in; all of them for admins and auditors',
        querystring: SpaceListQuery,
        response: { 200: SpaceList, ...problems },
      },
    },
    async (request) => {
      const { spaces, nextCursor } = (await passOn(options, request, '/v1/spaces')) as SpaceStandings;
      return { spaces: await options.usage.allShown(request.id, spaces), nextCursor };
    },
  );
  app.post(
    '/api/v1/spaces',
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Make a shared space',
        querystring: NoQuery,
        body: NewSpace,
        response: { 201: SpaceDetail, ...problems },
      },
    },
    async (request, reply) => {
      const outdates = [{ kind: 'space', name: request.body.name }] as const;
      const made = await passOnChange(options, request, { path: '/v1/spaces', outdates });
      return reply.code(201).send(await shown(request, made));
    },
  );
  app.get(
    '/api/v1/spaces/:space',
    {
      onRequest,
      schema: { ...common, summary: 'One space', params: SpaceParams, querystring: NoQuery, response: { 200: SpaceDetail, ...problems } },
    },
    async (request) => shown(request, await passOn(options, request, `/v1/spaces/${segment(request.params.space)}`)),
  );
  app.patch(
    '/api/v1/spaces/:space',
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Another name, owner or quota',
        params: SpaceParams,
        querystring: NoQuery,
        body: SpaceChange,
        response: { 200: SpaceDetail, ...problems },
      },
    },
    async (request) => {
      const path = `/v1/spaces/${segment(request.params.space)}`;
      return shown(request, await passOnChange(options, request, { path, outdates: outdatedBy(request.params.space, request.body) }));
    },
  );
}

/** What all spaces of an owner may take together depends on which these are. */
function outdatedBy(space: string, { name = space, owner }: SpaceChange): Outdated[] {
  if (owner !== undefined) return [{ kind: 'all' }];
  return [space, name].map((each) => ({ kind: 'space', name: each }));
}

function addRuleRoutes(app: GatewayApp, options: SpaceRoutesOptions): void {
  const onRequest = options.gatekeeper.requireSession;
  const url = '/api/v1/spaces/:space/grants';
  const pathOf = ({ space }: { readonly space: string }): string => `/v1/spaces/${segment(space)}/grants`;
  app.get(
    url,
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Who has which role, in the space and in its folders',
        params: SpaceParams,
        querystring: NoQuery,
        response: { 200: GrantList, ...problems },
      },
    },
    async (request) => (await passOn(options, request, pathOf(request.params))) as GrantList,
  );
  app.put(
    url,
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Give a role, in place of the one the same subject had there',
        params: SpaceParams,
        querystring: NoQuery,
        body: Grant,
        response: done,
      },
    },
    async (request, reply) => {
      const outdates = [{ kind: 'space', name: request.params.space }] as const;
      await passOnChange(options, request, { path: pathOf(request.params), outdates });
      return reply.code(204).send(null);
    },
  );
  app.delete(
    url,
    { onRequest, schema: { ...common, summary: 'Take a role away', params: SpaceParams, querystring: GrantQuery, response: done } },
    async (request, reply) => {
      const outdates = [{ kind: 'space', name: request.params.space }] as const;
      await passOnChange(options, request, { path: pathOf(request.params), outdates });
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/v1/spaces/:space/access',
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Who can see a path, and why',
        params: SpaceParams,
        querystring: ViewerQuery,
        response: { 200: ViewerList, ...problems },
      },
    },
    async (request) => (await passOn(options, request, `/v1/spaces/${segment(request.params.space)}/viewers`)) as ViewerList,
  );
}

function addQuotaRoutes(app: GatewayApp, options: SpaceRoutesOptions): void {
  const onRequest = options.gatekeeper.requireSession;
  const url = '/api/v1/users/:id/quota';
  app.get(
    url,
    {
      onRequest,
      schema: {
        ...common,
        summary: 'How much all spaces of an owner may take together, and do',
        params: UserParams,
        querystring: NoQuery,
        response: { 200: OwnerUsage, ...problems },
      },
    },
    async (request) => {
      const { bytesMax, spaces } = (await passOn(options, request, `/v1/users/${request.params.id}/quota`)) as OwnerQuota;
      return { bytesMax, usedBytes: await options.usage.sumOf({ requestId: request.id, spaces }) };
    },
  );
  app.put(
    url,
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Set it; null for as much as there is room',
        params: UserParams,
        querystring: NoQuery,
        body: QuotaChange,
        response: done,
      },
    },
    async (request, reply) => {
      // Which spaces are theirs is not known here.
      const outdates = [{ kind: 'all' }] as const;
      await passOnChange(options, request, { path: `/v1/users/${request.params.id}/quota`, outdates });
      return reply.code(204).send(null);
    },
  );
}

/** Groups of people who are given rights together: decided and answered by the auth service. */
import { GroupChange, GroupDetail, GroupList, PageQuery } from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Gatekeeper } from '../auth/authenticate.ts';
import { type PassOnOptions, passOn, passOnChange, segment } from '../auth/pass-on.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';

const common = { tags: ['groups'], security: [{ accessToken: [] }] };
const GroupParams = Type.Object({ group: Type.String() }, { additionalProperties: false });
const MemberParams = Type.Object({ group: Type.String(), user: Type.String() }, { additionalProperties: false });
/** Who is in it is not known here. */
const outdates = [{ kind: 'all' }] as const;
const done = { 204: Type.Null(), ...problems };

export async function groupRoutes(app: GatewayApp, options: PassOnOptions & { readonly gatekeeper: Gatekeeper }): Promise<void> {
  const onRequest = options.gatekeeper.requireSession;
  const pathOf = ({ group }: { readonly group: string }): string => `/v1/groups/${segment(group)}`;
  app.get(
    '/api/v1/groups',
    { onRequest, schema: { ...common, summary: 'All groups, by name', querystring: PageQuery, response: { 200: GroupList, ...problems } } },
    async (request) => (await passOn(options, request, '/v1/groups')) as GroupList,
  );
  app.post(
    '/api/v1/groups',
    {
      onRequest,
      schema: { ...common, summary: 'Make a group', querystring: NoQuery, body: GroupChange, response: { 201: GroupDetail, ...problems } },
    },
    async (request, reply) =>
      reply.code(201).send((await passOnChange(options, request, { path: '/v1/groups', outdates: [] })) as GroupDetail),
  );
  app.get(
    '/api/v1/groups/:group',
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Who is in it',
        params: GroupParams,
        querystring: PageQuery,
        response: { 200: GroupDetail, ...problems },
      },
    },
    async (request) => (await passOn(options, request, pathOf(request.params))) as GroupDetail,
  );
  app.patch(
    '/api/v1/groups/:group',
    {
      onRequest,
      schema: { ...common, summary: 'Another name', params: GroupParams, querystring: NoQuery, body: GroupChange, response: done },
    },
    async (request, reply) => {
      await passOnChange(options, request, { path: pathOf(request.params), outdates });
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/api/v1/groups/:group',
    {
      onRequest,
      schema: {
        ...common,
        summary: 'Take it away, with all that was given to it',
        params: GroupParams,
        querystring: NoQuery,
        response: done,
      },
    },
    async (request, reply) => {
      await passOnChange(options, request, { path: pathOf(request.params), outdates });
      return reply.code(204).send(null);
    },
  );
  for (const [method, summary] of [
    ['PUT', 'Add somebody'],
    ['DELETE', 'Remove somebody'],
  ] as const) {
    app.route({
      method,
      url: '/api/v1/groups/:group/members/:user',
      onRequest,
      schema: { ...common, summary, params: MemberParams, querystring: NoQuery, response: done },
      handler: async (request, reply) => {
        const { user } = request.params;
        const path = `${pathOf(request.params)}/members/${segment(user)}`;
        await passOnChange(options, request, { path, outdates: [{ kind: 'member', username: user }] });
        return reply.code(204).send(null);
      },
    });
  }
}

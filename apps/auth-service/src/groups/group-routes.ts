/** `/v1/groups`: people who are given rights together. Administrators change them; auditors look on. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { GroupChange, GroupDetail, type GroupId, GroupList, NetStoreError, PageQuery } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import type { Clock } from '../clock.ts';
import { NoQuery } from '../http.ts';
import { pageOf } from '../page.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import { requireOverseer } from '../spaces/oversight.ts';
import { requireUser } from '../spaces/subjects.ts';
import { addMember, deleteGroup, findGroup, insertGroup, listGroups, listMembers, removeMember, renameGroup } from './group-store.ts';

const Name = Type.String({ minLength: 1, maxLength: 64 });
const GroupParams = Type.Object({ group: Name }, { additionalProperties: false });
const MemberParams = Type.Object({ group: Name, user: Name }, { additionalProperties: false });
const nothing = { 204: Type.Null() };

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
  readonly now: Clock;
}

export const groupRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  await app.register(readingRoutes, parts);
  await app.register(changingRoutes, parts);
  await app.register(memberRoutes, parts);
};

const readingRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate }) => {
  app.get('/v1/groups', { schema: { querystring: PageQuery, response: { 200: GroupList } } }, async (request) => {
    await requireOverseer(db, await authenticate(request), 'look');
    const { rows, nextCursor } = await pageOf(
      request.query,
      (page) => listGroups(db, page),
      ({ name }) => name,
    );
    return { groups: rows, nextCursor };
  });

  app.get(
    '/v1/groups/:group',
    { schema: { querystring: PageQuery, params: GroupParams, response: { 200: GroupDetail } } },
    async (request) => {
      await requireOverseer(db, await authenticate(request), 'look');
      const name = request.params.group;
      const id = await requireGroup(db, name);
      const { rows, nextCursor } = await pageOf(
        request.query,
        (page) => listMembers(db, id, page),
        (username) => username,
      );
      return { name, members: rows, nextCursor };
    },
  );
};

const changingRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate, changes, now }) => {
  app.post(
    '/v1/groups',
    { schema: { querystring: NoQuery, body: GroupChange, response: { 201: GroupDetail } } },
    async (request, reply) => {
      await requireOverseer(db, await authenticate(request), 'change');
      const { name } = request.body;
      await db.transaction().execute(async (transaction) => {
        await refuseTaken(transaction, name);
        await insertGroup(transaction, name, now());
      });
      return reply.code(201).send({ name, members: [], nextCursor: null });
    },
  );

  app.patch(
    '/v1/groups/:group',
    { schema: { querystring: NoQuery, params: GroupParams, body: GroupChange, response: nothing } },
    async (request, reply) => {
      await requireOverseer(db, await authenticate(request), 'change');
      const { name } = request.body;
      await db.transaction().execute(async (transaction) => {
        const id = await requireGroup(transaction, request.params.group);
        if (name !== request.params.group) await refuseTaken(transaction, name);
        await renameGroup(transaction, id, name);
      });
      // Reasons name the group.
      changes.announce({ kind: 'all' });
      return reply.code(204).send(null);
    },
  );

  app.delete('/v1/groups/:group', { schema: { querystring: NoQuery, params: GroupParams, response: nothing } }, async (request, reply) => {
    const { userId } = await authenticate(request);
    await requireOverseer(db, { userId }, 'change');
    const groupId = await requireGroup(db, request.params.group);
    await deleteGroup(db, groupId);
    request.log.info({ userId, groupId }, 'group deleted');
    changes.announce({ kind: 'all' });
    return reply.code(204).send(null);
  });
};

const memberRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate, changes }) => {
  const schema = { querystring: NoQuery, params: MemberParams, response: nothing };
  for (const { method, change, message } of [
    { method: 'PUT', change: addMember, message: 'member added to group' },
    { method: 'DELETE', change: removeMember, message: 'member removed from group' },
  ] as const) {
    app.route({
      method,
      url: '/v1/groups/:group/members/:user',
      schema,
      handler: async (request, reply) => {
        const { userId } = await authenticate(request);
        await requireOverseer(db, { userId }, 'change');
        const groupId = await requireGroup(db, request.params.group);
        const member = await requireUser(db, request.params.user);
        await change(db, groupId, member.userId);
        request.log.info({ userId, groupId, member: member.userId }, message);
        changes.announce({ kind: 'user', userId: member.userId });
        return reply.code(204).send(null);
      },
    });
  }
};

async function requireGroup(db: Kysely<Schema>, name: string): Promise<GroupId> {
  const group = await findGroup(db, name);
  if (group === undefined) throw new NetStoreError('NS_NOT_FOUND', 'There is no group of that name');
  return group.id;
}

async function refuseTaken(db: Kysely<Schema>, name: string): Promise<void> {
  if ((await findGroup(db, name)) !== undefined) throw new NetStoreError('NS_ALREADY_EXISTS', 'A group has that name already');
}

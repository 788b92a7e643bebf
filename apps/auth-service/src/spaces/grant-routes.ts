/** `/v1/spaces/:space/grants`: who has which role in a space and in its folders. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { Grant, GrantList, GrantQuery, NetStoreError, parseFolderPath, type Subject } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import { NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import { requireGrantsFit } from './grant-limits.ts';
import { deleteGrant, listGrants, putGrant } from './grant-store.ts';
import { requireManager } from './oversight.ts';
import type { RuleMoves } from './rule-moves.ts';
import { SpaceParams } from './space-routes.ts';
import { requireSubject } from './subjects.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
  readonly moves: RuleMoves;
}

export const grantRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate, changes, moves }) => {
  const url = '/v1/spaces/:space/grants';

  app.get(url, { schema: { querystring: NoQuery, params: SpaceParams, response: { 200: GrantList } } }, async (request) => {
    const session = await authenticate(request);
    const space = await requireManager(db, session, { space: request.params.space, wish: 'look' });
    return { owner: space.owner, grants: await listGrants(db, space.id) };
  });

  app.put(
    url,
    { schema: { querystring: NoQuery, params: SpaceParams, body: Grant, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const session = await authenticate(request);
      const { id: spaceId, name } = await requireManager(db, session, { space: request.params.space, wish: 'change' });
      const { role } = request.body;
      const folder = parseFolderPath(request.body.folder);
      if (role === 'manager' && folder !== '')
        throw new NetStoreError('NS_BAD_REQUEST', 'Managers are managers of the whole space: give it at the root');
      await db.transaction().execute(async (transaction) => {
        const subject = await requireSubject(transaction, { subject: request.body.subject, spaceId, by: session.userId });
        await moves.requireNoneAt(transaction, spaceId, folder);
        const isNew = await putGrant(transaction, { spaceId, folder, subject, role });
        if (isNew) await requireGrantsFit(transaction, spaceId);
      });
      request.log.info({ userId: session.userId, spaceId, subject: request.body.subject, role }, 'grant given');
      changes.announce({ kind: 'space', name });
      return reply.code(204).send(null);
    },
  );

  app.delete(url, { schema: { querystring: GrantQuery, params: SpaceParams, response: { 204: Type.Null() } } }, async (request, reply) => {
    const session = await authenticate(request);
    const { id: spaceId, name } = await requireManager(db, session, { space: request.params.space, wish: 'change' });
    const named = subjectOf(request.query);
    const folder = parseFolderPath(request.query.folder ?? '');
    await db.transaction().execute(async (transaction) => {
      const subject = await requireSubject(transaction, { subject: named, spaceId, by: session.userId });
      await moves.requireNoneAt(transaction, spaceId, folder);
      await deleteGrant(transaction, { spaceId, folder, subject });
    });
    request.log.info({ userId: session.userId, spaceId, subject: named }, 'grant taken');
    changes.announce({ kind: 'space', name });
    return reply.code(204).send(null);
  });
};

function subjectOf({ user, group }: GrantQuery): Subject {
  if (user !== undefined && group === undefined) return { kind: 'user', name: user };
  if (user === undefined && group !== undefined) return { kind: 'group', name: group };
  throw new NetStoreError('NS_BAD_REQUEST', 'Expected exactly one of user and group');
}

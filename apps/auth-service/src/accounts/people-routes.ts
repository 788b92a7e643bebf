/** `/v1/users`: for admins to change and for auditors to see. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  ChangeUserRequest,
  CreateUserRequest,
  DeleteUserRequest,
  IdParams,
  NetStoreError,
  OneTimeLink,
  parseUserId,
  User,
  UsersPage,
  UsersQuery,
} from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Changes } from '../changes/changes.ts';
import { isoTime, NoQuery } from '../http.ts';
import type { SecondFactors } from '../second-factor/second-factors.ts';
import type { Authorize } from '../sessions/authenticate.ts';
import type { PasswordResets } from './password-resets.ts';
import type { People } from './people.ts';
import type { Person } from './people-store.ts';

interface Parts {
  readonly people: People;
  readonly resets: PasswordResets;
  readonly secondFactors: SecondFactors;
  readonly authorize: Authorize;
  readonly changes: Changes;
}

export const peopleRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  const { people, authorize } = parts;
  app.get('/v1/users', { schema: { querystring: UsersQuery, response: { 200: UsersPage } } }, async (request) => {
    await authorize.overseer(request);
    const { cursor, ...question } = request.query;
    const found = await people.list({ ...question, ...(cursor === undefined ? {} : { after: openCursor(cursor) }) });
    return { users: found.people.map(userView), nextCursor: found.next === null ? null : makeCursor(found.next) };
  });

  app.post('/v1/users', { schema: { querystring: NoQuery, body: CreateUserRequest, response: { 201: User } } }, async (request, reply) => {
    const { userId } = await authorize.admin(request);
    return reply.code(201).send(userView(await people.create(userId, request.body)));
  });

  await app.register(onePersonRoutes, parts);
};

const onePersonRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { people, resets, secondFactors, authorize, changes }) => {
  const one = { querystring: NoQuery, params: IdParams };

  app.get('/v1/users/:id', { schema: { ...one, response: { 200: User } } }, async (request) => {
    await authorize.overseer(request);
    return userView(await people.find(parseUserId(request.params.id)));
  });

  app.patch('/v1/users/:id', { schema: { ...one, body: ChangeUserRequest, response: { 200: User } } }, async (request) => {
    const { userId } = await authorize.admin(request);
    const changed = await people.change(userId, parseUserId(request.params.id), request.body);
    changes.announce({ kind: 'user', userId: changed.id });
    return userView(changed);
  });

  app.delete('/v1/users/:id', { schema: { ...one, body: DeleteUserRequest, response: { 204: Type.Null() } } }, async (request, reply) => {
    const { userId } = await authorize.admin(request);
    await people.remove(userId, parseUserId(request.params.id), request.body.reassignTo);
    // The spaces have another owner now, whichever they are.
    changes.announce({ kind: 'all' });
    return reply.code(204).send(null);
  });

  app.post('/v1/users/:id/password-reset', { schema: { ...one, response: { 201: OneTimeLink } } }, async (request, reply) => {
    const { userId } = await authorize.admin(request);
    const { token, expiresAt } = await resets.offer(userId, parseUserId(request.params.id));
    return reply.code(201).send({ token, expiresAt: isoTime(expiresAt) });
  });

  app.delete('/v1/users/:id/second-factor', { schema: { ...one, response: { 204: Type.Null() } } }, async (request, reply) => {
    const { userId } = await authorize.admin(request);
    await secondFactors.takeAway(userId, parseUserId(request.params.id));
    return reply.code(204).send(null);
  });
};

function userView({ id, username, roles, hasSecondFactor, createdAt, lastSignInAt, disabledAt }: Person): User {
  return {
    id,
    username,
    roles: [...roles],
    hasSecondFactor,
    createdAt: isoTime(createdAt),
    lastSignInAt: lastSignInAt === null ? null : isoTime(lastSignInAt),
    disabledAt: disabledAt === null ? null : isoTime(disabledAt),
  };
}

/** The last name of a page is no secret; encoded, so that nobody takes it for something to make up. */
function makeCursor(username: string): string {
  return Buffer.from(username).toString('base64url');
}

function openCursor(cursor: string): string {
  const username = Buffer.from(cursor, 'base64url').toString();
  if (makeCursor(username) !== cursor) throw new NetStoreError('NS_BAD_CURSOR', 'The cursor was not made by this listing');
  return username;
}

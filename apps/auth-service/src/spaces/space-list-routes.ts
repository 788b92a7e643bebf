/** `/v1/spaces`: which there are, making shared ones, and changing what they are called, whose they are and how much they may take. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { NetStoreError, NewSpace, SpaceChange, SpaceListQuery, SpaceStanding, SpaceStandings } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { skeletonOf } from '../accounts/username.ts';
import type { Changes } from '../changes/changes.ts';
import type { Clock } from '../clock.ts';
import { NoQuery } from '../http.ts';
import { type Page, pageOf } from '../page.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import { isOverseer, requireManager, requireOverseer, standingFor } from './oversight.ts';
import { requireQuotaFits } from './quota-rules.ts';
import { quotaOf } from './quota-store.ts';
import { listSpacesOf, noSuchSpace, roleIn, standingOf } from './space-access.ts';
import { SpaceParams } from './space-routes.ts';
import {
  findSpace,
  insertSharedSpace,
  listSpaces,
  namesOfSharedSpaces,
  namesOfSpacesOwnedBy,
  type SpaceRow,
  updateSpace,
} from './space-store.ts';
import { requireUser } from './subjects.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
  readonly now: Clock;
}

export const spaceListRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate, changes, now }) => {
  app.get('/v1/spaces', { schema: { querystring: SpaceListQuery, response: { 200: SpaceStandings } } }, async (request) => {
    const session = await authenticate(request);
    const own = await listSpacesOf(db, session.userId);
    const roles = new Map(own.map(({ id, role }) => [id, role]));
    const isAll = request.query.all === '1';
    if (isAll) await requireOverseer(db, session, 'look');
    const overseer = isAll || (await isOverseer(db, session, 'look'));
    const read = isAll ? listAll(db) : listOwn(own);
    const { rows, nextCursor } = await pageOf(request.query, read, ({ name }) => name);
    return {
      spaces: rows.map((space) => standingOf(space, { role: roles.get(space.id) ?? null, isOverseer: overseer, now: now() })),
      nextCursor,
    };
  });

  app.post('/v1/spaces', { schema: { querystring: NoQuery, body: NewSpace, response: { 201: SpaceStanding } } }, async (request, reply) => {
    const session = await authenticate(request);
    await requireOverseer(db, session, 'change');
    const { name, owner, bytesMax = null } = request.body;
    const space = await db.transaction().execute(async (transaction) => {
      const { userId: ownerId } = await requireUser(transaction, owner);
      await refuseName(transaction, name);
      await insertSharedSpace(transaction, { name, ownerId, bytesMax, createdAt: now() });
      await requireQuotaFits(transaction, ownerId);
      return await requireSpace(transaction, name);
    });
    request.log.info({ userId: session.userId, space: space.id }, 'space made');
    for (const each of await namesChangedBy(db, space)) changes.announce({ kind: 'space', name: each });
    changes.announce({ kind: 'user', userId: space.ownerId });
    return reply.code(201).send(standingOf(space, { role: await roleIn(db, space, session.userId), isOverseer: true, now: now() }));
  });

  app.patch(
    '/v1/spaces/:space',
    { schema: { querystring: NoQuery, params: SpaceParams, body: SpaceChange, response: { 200: SpaceStanding } } },
    async (request) => {
      const session = await authenticate(request);
      const before = await requireManager(db, session, { space: request.params.space, wish: 'change' });
      const { owner, bytesMax } = request.body;
      if (owner !== undefined || bytesMax !== undefined) await requireOverseer(db, session, 'change');
      const after = await db.transaction().execute((transaction) => change(transaction, before, request.body));
      request.log.info({ userId: session.userId, space: before.id, changed: Object.keys(request.body) }, 'space changed');
      // What all spaces of an owner may take together depends on which these are.
      if (owner === undefined) for (const { name } of [before, after]) changes.announce({ kind: 'space', name });
      else changes.announce({ kind: 'all' });
      return await standingFor(db, session, after, now());
    },
  );

  app.get(
    '/v1/spaces/:space',
    { schema: { querystring: NoQuery, params: SpaceParams, response: { 200: SpaceStanding } } },
    async (request) => {
      const session = await authenticate(request);
      const space = await findSpace(db, request.params.space);
      const role = space === undefined ? null : await roleIn(db, space, session.userId);
      const overseer = await isOverseer(db, session, 'look');
      if (space === undefined || (role === null && !overseer)) throw noSuchSpace();
      return standingOf(space, { role, isOverseer: overseer, now: now() });
    },
  );
};

const listAll =
  (db: Kysely<Schema>) =>
  (page: Page): Promise<SpaceRow[]> =>
    listSpaces(db, page);

const listOwn =
  <Row extends SpaceRow>(own: readonly Row[]) =>
  async ({ after, limit }: Page): Promise<SpaceRow[]> =>
    own.filter(({ name }) => name > after).slice(0, limit);

async function change(db: Kysely<Schema>, space: SpaceRow, { name, owner, bytesMax }: SpaceChange): Promise<SpaceRow> {
  if (name !== undefined && name !== space.name) {
    if (space.kind === 'home') throw new NetStoreError('NS_CONFLICT', 'A home space is called after its user');
    await refuseName(db, name, space);
    await updateSpace(db, space.id, { name });
  }
  if (bytesMax !== undefined) await updateSpace(db, space.id, { bytesMax });
  if (owner !== undefined) {
    const { userId: ownerId } = await requireUser(db, owner);
    await updateSpace(db, space.id, { ownerId });
    await requireQuotaFits(db, ownerId);
  }
  return await requireSpace(db, name ?? space.name);
}

/** Where the owner has a quota it is about the new space too, and whoever writes in another one of his carries it. */
async function namesChangedBy(db: Kysely<Schema>, made: SpaceRow): Promise<string[]> {
  return (await quotaOf(db, made.ownerId)) === null ? [made.name] : await namesOfSpacesOwnedBy(db, made.ownerId);
}

/** `home-…` is kept for homes, also of users who are still to come, and so is what looks like it. `former`: what gets the name, and may keep its look. */
async function refuseName(db: Kysely<Schema>, name: string, former?: SpaceRow): Promise<void> {
  const skeleton = skeletonOf(name);
  if (skeleton.startsWith('home-')) throw new NetStoreError('NS_CONFLICT', 'Names that look like home-… are kept for homes');
  const alike = (await namesOfSharedSpaces(db)).find((other) => other !== former?.name && skeletonOf(other) === skeleton);
  if (alike !== undefined)
    throw new NetStoreError('NS_ALREADY_EXISTS', 'A space has that name already, or one that can be mistaken for it');
}

async function requireSpace(db: Kysely<Schema>, name: string): Promise<SpaceRow> {
  const space = await findSpace(db, name);
  if (space === undefined) throw new NetStoreError('NS_INTERNAL', 'A space that was just written is not there');
  return space;
}

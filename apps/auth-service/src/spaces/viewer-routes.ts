/** `/v1/spaces/:space/viewers`: who can see a path, and why. About others for those who look after the space; about oneself for everybody. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { decide, NetStoreError, type PersonAccess, parseFolderPath, ViewerList, ViewerQuery } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { pageOf } from '../page.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { requireManager } from './oversight.ts';
import { accessOf, noSuchSpace } from './space-access.ts';
import { SpaceParams } from './space-routes.ts';
import { findSpace } from './space-store.ts';
import { requireUser } from './subjects.ts';
import { describeAccess, describeViewers, listConcerned } from './viewers.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
}

export const viewerRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate }) => {
  app.get(
    '/v1/spaces/:space/viewers',
    { schema: { querystring: ViewerQuery, params: SpaceParams, response: { 200: ViewerList } } },
    async (request) => {
      const session = await authenticate(request);
      const { query } = request;
      const path = parseFolderPath(query.path);
      if (query.user === session.username) {
        return { viewers: [await describeOneself(db, session, { space: request.params.space, path })], nextCursor: null };
      }
      const space = await requireManager(db, session, { space: request.params.space, wish: 'look' });
      if (query.user !== undefined) {
        const person = await requireUser(db, query.user);
        return { viewers: [await describeAccess(db, space, { person, path })], nextCursor: null };
      }
      const { rows, nextCursor } = await pageOf(
        query,
        (page) => listConcerned(db, space, page),
        ({ username }) => username,
      );
      return { viewers: await describeViewers(db, space, { people: rows, path }), nextCursor };
    },
  );
};

/** What one may not see is not there: no rule about it is told either. */
async function describeOneself(
  db: Kysely<Schema>,
  session: LiveSession,
  of: { readonly space: string; readonly path: string },
): Promise<PersonAccess> {
  const space = await findSpace(db, of.space);
  if (space === undefined) throw noSuchSpace();
  const described = await describeAccess(db, space, { person: session, path: of.path });
  if (described.actions.length > 0) return described;
  // That the space is there is told to those alone who may see it.
  if (!decide(await accessOf(db, space, session.userId), 'see', '').isAllowed) throw noSuchSpace();
  throw new NetStoreError('NS_NOT_FOUND', 'Nothing is there that you may see');
}

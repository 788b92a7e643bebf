/** What a session has in one space: asked with the user's token, or by the gateway for links that carry no token. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { parseSessionId, SpaceAccess } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { NoQuery } from '../http.ts';
import type { Schema } from '../schema.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import type { LiveSession, Sessions } from '../sessions/sessions.ts';
import { noSuchSpace, spaceAccessOf } from './space-access.ts';

/** Any name that somebody may ask for: which names can be given is another question. */
export const AskedSpace = Type.String({ minLength: 1, maxLength: 128 });
export const SpaceParams = Type.Object({ space: AskedSpace }, { additionalProperties: false });
const SessionSpaceParams = Type.Object(
  { session: Type.String({ minLength: 1, maxLength: 64 }), space: AskedSpace },
  { additionalProperties: false },
);

interface Parts {
  readonly db: Kysely<Schema>;
  readonly authenticate: Authenticate;
  readonly sessions: Sessions;
}

export const spaceRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { db, authenticate, sessions }) => {
  app.get(
    '/v1/spaces/:space/access',
    { schema: { querystring: NoQuery, params: SpaceParams, response: { 200: SpaceAccess } } },
    async (request) => {
      const session = await authenticate(request);
      return await spaceAccessOf(db, session, request.params.space);
    },
  );

  app.get(
    '/v1/sessions/:session/spaces/:space/access',
    { schema: { querystring: NoQuery, params: SessionSpaceParams, response: { 200: SpaceAccess } } },
    async (request) => {
      const session = await findLive(sessions, request.params.session);
      if (session === undefined) throw noSuchSpace();
      return await spaceAccessOf(db, session, request.params.space);
    },
  );
};

async function findLive(sessions: Sessions, id: string): Promise<LiveSession | undefined> {
  return /^[0-9a-f]{32}$/.test(id) ? await sessions.findLive(parseSessionId(id)) : undefined;
}

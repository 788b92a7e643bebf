/** Set-up, sign-in, refresh, sign-out and "who am I": passed on to the auth service; the refresh token stays in a cookie. */
import { Me, NetStoreError, Session, SetupRequest, SetupState, SignInRequest } from '@netstore/shared-types';
import { Type } from 'typebox';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';
import type { SpaceUsage } from '../spaces/space-usage.ts';
import type { AuthClient } from './auth-client.ts';
import { clientOf, type Gatekeeper, sessionOf } from './authenticate.ts';
import { answerSession, type RefreshCookie } from './refresh-cookie.ts';
import { requireSameOrigin } from './same-origin.ts';

export interface SessionRoutesOptions {
  readonly auth: AuthClient;
  readonly cookie: RefreshCookie;
  readonly gatekeeper: Gatekeeper;
  readonly usage: SpaceUsage;
}

const tags = ['sessions'];

export async function sessionRoutes(app: GatewayApp, options: SessionRoutesOptions): Promise<void> {
  addSetupRoutes(app, options);
  addSignInRoute(app, options);
  addCookieRoutes(app, options);

  const { auth, gatekeeper, usage } = options;
  app.get(
    '/api/v1/me',
    {
      onRequest: gatekeeper.requireSession,
      schema: {
        tags,
        summary: 'The signed-in user, their spaces, and how much those they own take',
        security: [{ accessToken: [] }],
        querystring: NoQuery,
        response: { 200: Me, ...problems },
      },
    },
    async (request) => {
      const account = await auth.me(sessionOf(request).accessToken);
      const spaces = account.spaces.filter(({ owner }) => owner === account.user.username).map(({ id }) => id);
      return { ...account, usedBytes: await usage.sumOf({ requestId: request.id, spaces }) };
    },
  );
}

function addSetupRoutes(app: GatewayApp, { auth, cookie }: SessionRoutesOptions): void {
  app.get(
    '/api/v1/setup',
    {
      schema: {
        tags,
        summary: 'Whether the first administrator is still to be made',
        querystring: NoQuery,
        response: { 200: SetupState, ...problems },
      },
    },
    () => auth.setupState(),
  );
  app.post(
    '/api/v1/setup',
    {
      schema: {
        tags,
        summary: 'Make the first administrator',
        querystring: NoQuery,
        body: SetupRequest,
        response: { 201: Session, ...problems },
      },
    },
    async (request, reply) => {
      cookie.read(request);
      return answerSession(cookie, { request, reply: reply.code(201) }, await auth.setUp(request.body, clientOf(request)));
    },
  );
}

function addSignInRoute(app: GatewayApp, { auth, cookie }: SessionRoutesOptions): void {
  app.post(
    '/api/v1/sessions',
    { schema: { tags, summary: 'Sign in', querystring: NoQuery, body: SignInRequest, response: { 201: Session, ...problems } } },
    async (request, reply) => {
      // Refuses before a session is made that could not be kept.
      cookie.read(request);
      return answerSession(cookie, { request, reply: reply.code(201) }, await auth.signIn(request.body, clientOf(request)));
    },
  );
}

function addCookieRoutes(app: GatewayApp, { auth, cookie }: SessionRoutesOptions): void {
  app.post(
    '/api/v1/sessions/refresh',
    {
      onRequest: requireSameOrigin,
      schema: {
        tags,
        summary: 'Exchange the refresh cookie for a new access token',
        querystring: NoQuery,
        response: { 200: Session, ...problems },
      },
    },
    async (request, reply) => {
      const token = cookie.read(request);
      if (token === undefined) throw new NetStoreError('NS_UNAUTHENTICATED', 'There is no session to refresh');
      return answerSession(cookie, { request, reply }, await auth.refresh(token, clientOf(request)));
    },
  );
  app.delete(
    '/api/v1/sessions/current',
    {
      onRequest: requireSameOrigin,
      schema: { tags, summary: 'Sign out', querystring: NoQuery, response: { 204: Type.Null(), ...problems } },
    },
    async (request, reply) => {
      const token = cookie.read(request);
      if (token !== undefined) await auth.signOut(token, clientOf(request));
      cookie.clear(request, reply);
      return reply.code(204).send(null);
    },
  );
}

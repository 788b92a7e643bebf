/** For whoever holds a one-time link and no session: what the token opens is the auth service's to say, which throttles guesses. */
import {
  AcceptInvitationRequest,
  AcceptPasswordResetRequest,
  InvitationOffer,
  type IssuedSession,
  LinkRequest,
  PasswordResetOffer,
  Session,
} from '@netstore/shared-types';
import { Type } from 'typebox';
import type { AuthClient } from '../auth/auth-client.ts';
import { clientOf } from '../auth/authenticate.ts';
import { answerSession, type RefreshCookie } from '../auth/refresh-cookie.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';

export interface GuestRoutesOptions {
  readonly auth: AuthClient;
  readonly cookie: RefreshCookie;
}

const tags = ['sessions'];

export async function guestRoutes(app: GatewayApp, options: GuestRoutesOptions): Promise<void> {
  addInvitationRoutes(app, options);
  addResetRoutes(app, options);
}

function addInvitationRoutes(app: GatewayApp, { auth, cookie }: GuestRoutesOptions): void {
  app.post(
    '/api/v1/invitations/look-up',
    {
      schema: {
        tags,
        summary: 'What an invitation offers',
        querystring: NoQuery,
        body: LinkRequest,
        response: { 200: InvitationOffer, ...problems },
      },
    },
    async (request) => {
      const asked = { method: 'POST', path: '/v1/invitations/look-up', body: request.body, client: clientOf(request) } as const;
      return (await auth.passOn(asked)) as InvitationOffer;
    },
  );
  app.post(
    '/api/v1/invitations/accept',
    {
      schema: {
        tags,
        summary: 'Become a user by an invitation',
        querystring: NoQuery,
        body: AcceptInvitationRequest,
        response: { 201: Session, ...problems },
      },
    },
    async (request, reply) => {
      // Refuses before a session is made that could not be kept.
      cookie.read(request);
      const asked = {
        method: 'POST',
        path: '/v1/invitations/accept',
        body: request.body,
        client: clientOf(request),
        isSlow: true,
      } as const;
      return answerSession(cookie, { request, reply: reply.code(201) }, (await auth.passOn(asked)) as IssuedSession);
    },
  );
}

function addResetRoutes(app: GatewayApp, { auth }: GuestRoutesOptions): void {
  app.post(
    '/api/v1/password-resets/look-up',
    {
      schema: {
        tags,
        summary: 'Whose password a link sets',
        querystring: NoQuery,
        body: LinkRequest,
        response: { 200: PasswordResetOffer, ...problems },
      },
    },
    async (request) => {
      const asked = { method: 'POST', path: '/v1/password-resets/look-up', body: request.body, client: clientOf(request) } as const;
      return (await auth.passOn(asked)) as PasswordResetOffer;
    },
  );
  app.post(
    '/api/v1/password-resets/accept',
    {
      schema: {
        tags,
        summary: 'Set a new password by a link; ends all sessions',
        querystring: NoQuery,
        body: AcceptPasswordResetRequest,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      const asked = {
        method: 'POST',
        path: '/v1/password-resets/accept',
        body: request.body,
        client: clientOf(request),
        isSlow: true,
      } as const;
      await auth.passOn(asked);
      return reply.code(204).send(null);
    },
  );
}

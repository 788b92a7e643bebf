/** `/v1/invitations`: made, listed and revoked by admins; looked at and accepted by whoever holds the link. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  AcceptInvitationRequest,
  IdParams,
  type Invitation,
  Invitations as InvitationList,
  InvitationOffer,
  InviteRequest,
  IssuedInvitation,
  IssuedSession,
  LinkRequest,
  parseInvitationId,
} from '@netstore/shared-types';
import { Type } from 'typebox';
import { isoTime, NoQuery } from '../http.ts';
import type { Authorize } from '../sessions/authenticate.ts';
import { clientAddressOf, clientOf } from '../sessions/client.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { InvitationRow } from './invitation-store.ts';
import type { Invitations } from './invitations.ts';

interface Parts {
  readonly invitations: Invitations;
  readonly sessions: Sessions;
  readonly authorize: Authorize;
}

export const invitationRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  const { invitations, authorize } = parts;
  app.get('/v1/invitations', { schema: { querystring: NoQuery, response: { 200: InvitationList } } }, async (request) => {
    await authorize.overseer(request);
    return { invitations: (await invitations.listOpen()).map(invitationView) };
  });

  app.post(
    '/v1/invitations',
    { schema: { querystring: NoQuery, body: InviteRequest, response: { 201: IssuedInvitation } } },
    async (request, reply) => {
      const { userId } = await authorize.admin(request);
      const { invitation, token } = await invitations.invite(userId, request.body);
      return reply.code(201).send({ invitation: invitationView(invitation), token });
    },
  );

  app.delete(
    '/v1/invitations/:id',
    { schema: { querystring: NoQuery, params: IdParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { userId } = await authorize.admin(request);
      await invitations.revoke(userId, parseInvitationId(request.params.id));
      return reply.code(204).send(null);
    },
  );

  await app.register(guestRoutes, parts);
};

const guestRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { invitations, sessions }) => {
  app.post(
    '/v1/invitations/look-up',
    { schema: { querystring: NoQuery, body: LinkRequest, response: { 200: InvitationOffer } } },
    async (request) => {
      const row = await invitations.lookUp(request.body.token, clientAddressOf(request));
      const { username, roles, invitedBy, expiresAt } = invitationView(row);
      return { username, roles, invitedBy, expiresAt };
    },
  );

  app.post(
    '/v1/invitations/accept',
    { schema: { querystring: NoQuery, body: AcceptInvitationRequest, response: { 201: IssuedSession } } },
    async (request, reply) => {
      const client = clientOf(request);
      const account = await invitations.accept(request.body, client.address);
      return reply.code(201).send(await sessions.begin(account, client));
    },
  );
};

function invitationView({ id, username, roles, invitedBy, createdAt, expiresAt }: InvitationRow): Invitation {
  return {
    id,
    username,
    roles: [...roles],
    invitedBy: invitedBy ?? '',
    createdAt: isoTime(createdAt),
    expiresAt: isoTime(expiresAt),
  };
}

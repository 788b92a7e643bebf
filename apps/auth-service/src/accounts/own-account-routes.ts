/** `/v1/me/password` and `/v1/me/second-factor`: what everybody does about the way in to their own account. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  ChangePasswordRequest,
  ConfirmRequest,
  Enrolment,
  EnrolRequest,
  RecoveryCodes,
  SecondFactor,
  TurnOffRequest,
} from '@netstore/shared-types';
import { Type } from 'typebox';
import type { Changes } from '../changes/changes.ts';
import { NoQuery } from '../http.ts';
import type { SecondFactors } from '../second-factor/second-factors.ts';
import type { Attempts } from '../sessions/attempts.ts';
import type { Authenticate } from '../sessions/authenticate.ts';
import { clientAddressOf } from '../sessions/client.ts';
import type { OwnPassword } from './own-password.ts';

interface Parts {
  readonly ownPassword: OwnPassword;
  readonly secondFactors: SecondFactors;
  readonly attempts: Attempts;
  readonly authenticate: Authenticate;
  readonly changes: Changes;
}

export const ownAccountRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  const { ownPassword, authenticate, changes } = parts;
  app.post(
    '/v1/me/password',
    { schema: { querystring: NoQuery, body: ChangePasswordRequest, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const session = await authenticate(request);
      await ownPassword.change(session, request.body, clientAddressOf(request));
      changes.announce({ kind: 'user', userId: session.userId });
      return reply.code(204).send(null);
    },
  );

  await app.register(secondFactorRoutes, parts);
};

const secondFactorRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, parts) => {
  const { ownPassword, secondFactors, attempts, authenticate } = parts;
  app.get('/v1/me/second-factor', { schema: { querystring: NoQuery, response: { 200: SecondFactor } } }, async (request) => {
    const { userId } = await authenticate(request);
    return await secondFactors.describe(userId);
  });

  app.post(
    '/v1/me/second-factor/enrol',
    { schema: { querystring: NoQuery, body: EnrolRequest, response: { 201: Enrolment } } },
    async (request, reply) => {
      const session = await authenticate(request);
      const proof = { password: request.body.password, clientAddress: clientAddressOf(request) };
      const { userId: id, username } = session;
      return reply.code(201).send(await ownPassword.prove(session, proof, () => secondFactors.enrol({ id, username })));
    },
  );

  app.post(
    '/v1/me/second-factor/confirm',
    { schema: { querystring: NoQuery, body: ConfirmRequest, response: { 200: RecoveryCodes } } },
    async (request) => {
      const { userId, username } = await authenticate(request);
      const source = { account: username, clientAddress: clientAddressOf(request) };
      return { recoveryCodes: await attempts.prove(source, () => secondFactors.confirm(userId, request.body.code)) };
    },
  );

  app.delete(
    '/v1/me/second-factor',
    { schema: { querystring: NoQuery, body: TurnOffRequest, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const session = await authenticate(request);
      const { password, code } = request.body;
      const proof = { password, clientAddress: clientAddressOf(request) };
      await ownPassword.prove(session, proof, () => secondFactors.turnOff(session.userId, code));
      return reply.code(204).send(null);
    },
  );
};

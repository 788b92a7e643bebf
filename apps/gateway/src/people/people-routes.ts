/**
 * What signed-in people do about users, invitations and their own account. The auth service decides all of it with the token that
 * came along, and looks at the session itself; here requests are checked, passed on, and answered with what it says.
 */
import {
  ChangePasswordRequest,
  ChangeUserRequest,
  ConfirmRequest,
  CreateUserRequest,
  DeleteUserRequest,
  Enrolment,
  EnrolRequest,
  IdParams,
  type IdParams as Ids,
  Invitations,
  InviteRequest,
  IssuedInvitation,
  OneTimeLink,
  OwnSessions,
  RecoveryCodes,
  SecondFactor,
  TurnOffRequest,
  User,
  UsersPage,
  UsersQuery,
} from '@netstore/shared-types';
import { type TSchema, Type } from 'typebox';
import type { AuthClient, AuthRequest } from '../auth/auth-client.ts';
import { clientOf, type Gatekeeper, sessionOf } from '../auth/authenticate.ts';
import type { GatewayApp } from '../gateway-app.ts';
import { NoQuery, problems } from '../route-schemas.ts';

interface PassedOnRoute {
  readonly method: AuthRequest['method'];
  /** Behind `/api/v1` here and `/v1` there, with `:id` at most. */
  readonly url: string;
  readonly summary: string;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Without one the answer is 204. */
  readonly answer?: TSchema;
  /** Whether the answer says that something was made. */
  readonly isCreation?: boolean;
  /** Whether a password is hashed for the answer. */
  readonly isSlow?: boolean;
}

const PEOPLE: readonly PassedOnRoute[] = [
  { method: 'GET', url: '/users', summary: 'Users by name, page by page', query: UsersQuery, answer: UsersPage },
  {
    method: 'POST',
    url: '/users',
    summary: 'Make a user with a home space',
    body: CreateUserRequest,
    answer: User,
    isCreation: true,
    isSlow: true,
  },
  { method: 'GET', url: '/users/:id', summary: 'One user', answer: User },
  { method: 'PATCH', url: '/users/:id', summary: 'Set roles, disable or enable', body: ChangeUserRequest, answer: User },
  { method: 'DELETE', url: '/users/:id', summary: 'Delete a user; the spaces go to another one', body: DeleteUserRequest },
  { method: 'POST', url: '/users/:id/password-reset', summary: 'Make a link for a new password', answer: OneTimeLink, isCreation: true },
  { method: 'DELETE', url: '/users/:id/second-factor', summary: 'Take the second factor of a user away' },
  { method: 'GET', url: '/invitations', summary: 'Invitations that are open, the latest first', answer: Invitations },
  {
    method: 'POST',
    url: '/invitations',
    summary: 'Make an invitation; its token is shown once',
    body: InviteRequest,
    answer: IssuedInvitation,
    isCreation: true,
  },
  { method: 'DELETE', url: '/invitations/:id', summary: 'Revoke an invitation' },
];

const OWN_ACCOUNT: readonly PassedOnRoute[] = [
  {
    method: 'POST',
    url: '/me/password',
    summary: 'Change the password; ends all other sessions',
    body: ChangePasswordRequest,
    isSlow: true,
  },
  { method: 'GET', url: '/me/sessions', summary: 'Where the user is signed in', answer: OwnSessions },
  { method: 'DELETE', url: '/me/sessions/:id', summary: 'End one of the sessions' },
  { method: 'GET', url: '/me/second-factor', summary: 'Whether there is a second factor', answer: SecondFactor },
  {
    method: 'POST',
    url: '/me/second-factor/enrol',
    summary: 'A secret for an authenticator app, to be confirmed by a code',
    body: EnrolRequest,
    answer: Enrolment,
    isCreation: true,
    isSlow: true,
  },
  {
    method: 'POST',
    url: '/me/second-factor/confirm',
    summary: 'Turn the second factor on; recovery codes are shown once',
    body: ConfirmRequest,
    answer: RecoveryCodes,
  },
  { method: 'DELETE', url: '/me/second-factor', summary: 'Turn the second factor off', body: TurnOffRequest, isSlow: true },
];

export interface PeopleRoutesOptions {
  readonly auth: AuthClient;
  readonly gatekeeper: Gatekeeper;
}

export async function peopleRoutes(app: GatewayApp, options: PeopleRoutesOptions): Promise<void> {
  for (const route of PEOPLE) addRoute(app, options, { ...route, tag: 'people' });
  for (const route of OWN_ACCOUNT) addRoute(app, options, { ...route, tag: 'account' });
}

function addRoute(app: GatewayApp, { auth, gatekeeper }: PeopleRoutesOptions, route: PassedOnRoute & { readonly tag: string }): void {
  const { method, url, summary, tag, query = NoQuery, body, answer, isCreation = false, isSlow = false } = route;
  const status = answer === undefined ? 204 : isCreation ? 201 : 200;
  app.route({
    method,
    url: `/api/v1${url}`,
    onRequest: gatekeeper.requireSession,
    schema: {
      tags: [tag],
      summary,
      security: [{ accessToken: [] }],
      querystring: query,
      ...(url.includes(':id') ? { params: IdParams } : {}),
      ...(body === undefined ? {} : { body }),
      response: answersWith(status, answer),
    },
    handler: async (request, reply) => {
      const passedOn = {
        method,
        path: pathOf(url, request),
        accessToken: sessionOf(request).accessToken,
        client: clientOf(request),
        isSlow,
        ...(body === undefined ? {} : { body: request.body }),
      };
      return reply.code(status).send(await auth.passOn(passedOn));
    },
  });
}

function answersWith(status: number, answer: TSchema = Type.Null()): Record<string, unknown> {
  return { [status]: answer, ...problems };
}

/** Only what the schemas have let through becomes part of an address. */
function pathOf(url: string, request: { readonly params: unknown; readonly query: unknown }): string {
  const path = `/v1${url.replace(':id', () => (request.params as Ids).id)}`;
  const query = new URLSearchParams(request.query as Record<string, string>).toString();
  return query === '' ? path : `${path}?${query}`;
}

import type {
  Enrolment,
  IssuedInvitation,
  IssuedSession,
  OneTimeLink,
  OwnSessions,
  RecoveryCodes,
  User,
  UsersPage,
} from '@netstore/shared-types';
import { CLIENT_ADDRESS_HEADER, CLIENT_AGENT_HEADER } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, freshBrowser, signIn } from '../../support/auth-client.ts';
import { type AuthService, startAuthService } from '../../support/auth-service.ts';
import { totpNow } from '../../support/totp.ts';

const PASSWORD = 'correct horse battery';
const ROOT = { username: 'root', password: PASSWORD };
const WHO = ['anonymous', 'member', 'auditor', 'admin', 'disabled'] as const;
type Who = (typeof WHO)[number];

let service: AuthService;
let bearers: Record<Who, string | undefined>;
beforeAll(async () => {
  service = await startAuthService({ NETSTORE_ADMIN_USERNAME: ROOT.username, NETSTORE_ADMIN_PASSWORD: ROOT.password });
  bearers = { anonymous: undefined, member: '', auditor: '', disabled: '', admin: (await signIn(service, ROOT)).accessToken };
  for (const role of ['member', 'auditor'] as const) {
    await create(role, role);
    bearers[role] = await bearerOf(role);
  }
  const disabled = await create('disabled', 'admin');
  bearers.disabled = await bearerOf('disabled');
  await asAdmin(`PATCH /v1/users/${disabled.id}`, { isDisabled: true });
});
afterAll(() => service[Symbol.asyncDispose]());

const bearerOf = async (username: string): Promise<string> => (await signIn(service, { username, password: PASSWORD })).accessToken;

function send(bearer: string | undefined, route: string, body?: unknown): Promise<Answer> {
  return ask(service, route, {
    headers: freshBrowser(),
    ...(bearer === undefined ? {} : { bearer }),
    ...(body === undefined ? {} : { body }),
  });
}
const asAdmin = (route: string, body?: unknown): Promise<Answer> => send(bearers.admin, route, body);
const asGuest = (route: string, body: unknown): Promise<Answer> => send(undefined, route, body);

async function create(username: string, role: 'admin' | 'auditor' | 'member' = 'member'): Promise<User> {
  const answer = await asAdmin('POST /v1/users', { username, password: PASSWORD, roles: [role] });
  expect(answer.status).toBe(201);
  return answer.body as User;
}

let made = 0;
const freshName = (): string => {
  made += 1;
  return `somebody-${'abcdefghijklmnopqrstuvwxyz'[Math.floor(made / 26)]}${'abcdefghijklmnopqrstuvwxyz'[made % 26]}`;
};
const someone = (): Promise<User> => create(freshName());

interface Row {
  readonly route: string;
  readonly body?: () => Promise<unknown> | unknown;
  /** What `{id}` is, where somebody has to be there first. */
  readonly id?: () => Promise<string>;
  readonly allows: Record<Who, number>;
}

const overseers = (ok: number) => ({ anonymous: 401, disabled: 401, member: 403, auditor: ok, admin: ok });
const admins = (ok: number) => ({ ...overseers(ok), auditor: 403 });
const everybody = (ok: number) => ({ anonymous: 401, disabled: 401, member: ok, auditor: ok, admin: ok });
const idOfSomeone = async (): Promise<string> => (await someone()).id;
const MATRIX: readonly Row[] = [
  { route: 'GET /v1/users', allows: overseers(200) },
  { route: 'POST /v1/users', body: () => ({ username: freshName(), password: PASSWORD, roles: ['member'] }), allows: admins(201) },
  { route: 'GET /v1/users/{id}', id: idOfSomeone, allows: overseers(200) },
  { route: 'PATCH /v1/users/{id}', id: idOfSomeone, body: () => ({ isDisabled: true }), allows: admins(200) },
  { route: 'DELETE /v1/users/{id}', id: idOfSomeone, body: async () => ({ reassignTo: await idOfSomeone() }), allows: admins(204) },
  { route: 'POST /v1/users/{id}/password-reset', id: idOfSomeone, allows: admins(201) },
  { route: 'DELETE /v1/users/{id}/second-factor', id: idOfSomeone, allows: { ...admins(204), admin: 404 } },
  { route: 'GET /v1/invitations', allows: overseers(200) },
  { route: 'POST /v1/invitations', body: () => ({ roles: ['member'] }), allows: admins(201) },
  { route: 'DELETE /v1/invitations/{id}', id: async () => '0'.repeat(32), allows: { ...admins(204), admin: 404 } },
  { route: 'POST /v1/me/password', body: () => ({ oldPassword: PASSWORD, newPassword: 'short' }), allows: everybody(422) },
  { route: 'GET /v1/me/sessions', allows: everybody(200) },
  { route: 'DELETE /v1/me/sessions/{id}', id: async () => '0'.repeat(32), allows: everybody(404) },
  { route: 'GET /v1/me/second-factor', allows: everybody(200) },
  { route: 'POST /v1/me/second-factor/enrol', body: () => ({ password: PASSWORD }), allows: everybody(201) },
  { route: 'POST /v1/me/second-factor/confirm', body: () => ({ code: '000000' }), allows: everybody(401) },
  { route: 'DELETE /v1/me/second-factor', body: () => ({ password: PASSWORD, code: '000000' }), allows: everybody(409) },
];

describe('who may do what about people', () => {
  test.each(MATRIX)('$route', async ({ route, body, id, allows }) => {
    const found: Partial<Record<Who, number>> = {};
    for (const who of WHO) {
      const path = id === undefined ? route : route.replace('{id}', await id());
      const answer = await send(bearers[who], path, await body?.());
      found[who] = answer.status;
      if (answer.status >= 400) expect(answer.body).toMatchObject({ code: expect.stringMatching(/^NS_/) });
    }
    expect(found).toEqual(allows);
  });

  test('a role that was taken away is gone at once', async () => {
    const user = await create('a-former-admin', 'admin');
    const bearer = await bearerOf(user.username);
    expect((await send(bearer, 'GET /v1/users')).status).toBe(200);
    await asAdmin(`PATCH /v1/users/${user.id}`, { roles: ['member'] });
    expect((await send(bearer, 'GET /v1/users')).status).toBe(403);
  });

  test.each<[string, unknown]>([
    ['POST /v1/users', { username: 'x', password: PASSWORD, roles: ['member'], isAdmin: true }],
    ['POST /v1/users', { username: 'X', password: PASSWORD, roles: ['member'] }],
    ['POST /v1/users', { username: 'аda', password: PASSWORD, roles: ['member'] }],
    ['POST /v1/users', { username: 'x', password: PASSWORD, roles: [] }],
    ['POST /v1/users', { username: 'x', password: PASSWORD, roles: ['member', 'member'] }],
    ['POST /v1/users', { username: 'x', password: PASSWORD, roles: ['root'] }],
    ['PATCH /v1/users/00000000000000000000000000000000', {}],
    ['PATCH /v1/users/x', { isDisabled: true }],
    ['GET /v1/users?limit=0', undefined],
    ['GET /v1/users?limit=201', undefined],
    ['GET /v1/users?cursor=%21', undefined],
    ['GET /v1/users?order=desc', undefined],
    ['POST /v1/invitations', { roles: ['member'], email: 'a@b' }],
    ['POST /v1/me/password', { oldPassword: PASSWORD }],
  ])('%s refuses %j', async (route, body) => {
    expect(await asAdmin(route, body)).toMatchObject({ status: 400, body: { code: expect.stringMatching(/^NS_BAD_(?:REQUEST|CURSOR)$/) } });
  });

  test('users are listed page by page, with when they signed in last', async () => {
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query = cursor === null ? '' : `&cursor=${cursor}`;
      const page = (await asAdmin(`GET /v1/users?limit=3${query}`)).body as UsersPage;
      names.push(...page.users.map(({ username }) => username));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    const { users } = (await asAdmin('GET /v1/users?search=MEMB')).body as UsersPage;
    expect(users).toMatchObject([{ username: 'member', roles: ['member'], lastSignInAt: expect.stringMatching(/Z$/), disabledAt: null }]);
  });
});

describe('links', () => {
  test('a guest becomes a user by an invitation, and no secret of it is logged', async () => {
    const { token, invitation } = (await asAdmin('POST /v1/invitations', { roles: ['member'] })).body as IssuedInvitation;
    expect(await asGuest('POST /v1/invitations/look-up', { token })).toMatchObject({
      status: 200,
      body: { username: null, roles: ['member'], invitedBy: 'root', expiresAt: invitation.expiresAt },
    });
    const weak = await asGuest('POST /v1/invitations/accept', { token, username: 'newcomer', password: 'newcomer1234' });
    expect(weak).toMatchObject({ status: 422, body: { code: 'NS_WEAK_PASSWORD' } });
    const accepted = await asGuest('POST /v1/invitations/accept', { token, username: 'newcomer', password: PASSWORD });
    expect(accepted.status).toBe(201);
    const me = await send((accepted.body as IssuedSession).accessToken, 'GET /v1/me');
    expect(me.body).toMatchObject({ user: { username: 'newcomer' }, spaces: [{ name: 'home-newcomer' }] });
    const again = await asGuest('POST /v1/invitations/accept', { token, username: 'newcomer-2', password: PASSWORD });
    expect(again).toMatchObject({ status: 401, body: { code: 'NS_BAD_LINK' } });
    expect(service.log).not.toContain(token);
  });

  test('a link for a new password ends every session, and outlives a restart', async () => {
    const user = await someone();
    const before = await bearerOf(user.username);
    const { token } = (await asAdmin(`POST /v1/users/${user.id}/password-reset`)).body as OneTimeLink;
    await service.restart('SIGKILL');
    expect(await asGuest('POST /v1/password-resets/look-up', { token })).toMatchObject({ body: { username: user.username } });
    const password = 'quite another password';
    expect((await asGuest('POST /v1/password-resets/accept', { token, password })).status).toBe(204);
    expect((await send(before, 'GET /v1/me')).status).toBe(401);
    expect((await asGuest('POST /v1/sessions', { username: user.username, password: PASSWORD })).status).toBe(401);
    await signIn(service, { username: user.username, password });
  });
});

describe("one's own account", () => {
  test('sessions are listed with where they come from, and ended', async () => {
    const user = await someone();
    const body = { username: user.username, password: PASSWORD };
    const here = (await asGuest('POST /v1/sessions', body)).body as IssuedSession;
    const headers: Record<string, string> = { ...freshBrowser(), [CLIENT_AGENT_HEADER]: 'Lynx/2.9 <script>' };
    const there = (await ask(service, 'POST /v1/sessions', { body, headers })).body as IssuedSession;
    const { sessions } = (await send(here.accessToken, 'GET /v1/me/sessions')).body as OwnSessions;
    expect(sessions.map(({ isCurrent }) => isCurrent).sort()).toEqual([false, true]);
    const other = sessions.find(({ isCurrent }) => !isCurrent);
    expect(other).toMatchObject({ clientAgent: 'Lynx/2.9 <script>', clientAddress: headers[CLIENT_ADDRESS_HEADER] });
    expect((await send(here.accessToken, `DELETE /v1/me/sessions/${other?.id}`)).status).toBe(204);
    expect((await send(there.accessToken, 'GET /v1/me')).status).toBe(401);
    expect((await asGuest('POST /v1/sessions/refresh', { refreshToken: there.refreshToken })).status).toBe(401);
    expect((await send(bearers.admin, `DELETE /v1/me/sessions/${sessions.find(({ isCurrent }) => isCurrent)?.id}`)).status).toBe(404);
  });

  test('a new password ends the other sessions and leaves this one', async () => {
    const user = await someone();
    const [here, there] = [await bearerOf(user.username), await bearerOf(user.username)];
    const change = (oldPassword: string) => send(here, 'POST /v1/me/password', { oldPassword, newPassword: 'a better one by far' });
    expect(await change('not this one at all')).toMatchObject({ status: 401, body: { code: 'NS_BAD_CREDENTIALS' } });
    expect((await change(PASSWORD)).status).toBe(204);
    expect((await send(here, 'GET /v1/me')).status).toBe(200);
    expect((await send(there, 'GET /v1/me')).status).toBe(401);
    await signIn(service, { username: user.username, password: 'a better one by far' });
  });

  test('a stolen session cannot guess the password for long', async () => {
    const bearer = await bearerOf((await someone()).username);
    const guess = () => send(bearer, 'POST /v1/me/password', { oldPassword: 'a guess of the thief', newPassword: PASSWORD });
    for (let index = 0; index < 5; index += 1) expect((await guess()).status).toBe(401);
    const held = await guess();
    expect(held).toMatchObject({ status: 429, body: { code: 'NS_TOO_MANY_ATTEMPTS' } });
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a second factor', () => {
  test('is asked for after the right password alone, and its codes are throttled', async () => {
    const user = await someone();
    const body = { username: user.username, password: PASSWORD };
    const bearer = await bearerOf(user.username);
    const { secret } = (await send(bearer, 'POST /v1/me/second-factor/enrol', { password: PASSWORD })).body as Enrolment;
    const code = totpNow(secret);
    const confirmed = await send(bearer, 'POST /v1/me/second-factor/confirm', { code });
    const { recoveryCodes } = confirmed.body as RecoveryCodes;
    expect((await asAdmin(`GET /v1/users/${user.id}`)).body).toMatchObject({ hasSecondFactor: true });

    expect(await asGuest('POST /v1/sessions', body)).toMatchObject({ status: 401, body: { code: 'NS_SECOND_FACTOR_REQUIRED' } });
    const wrongPassword = await asGuest('POST /v1/sessions', { ...body, password: 'wrong password here', code: recoveryCodes[0] });
    expect(wrongPassword).toMatchObject({ status: 401, body: { code: 'NS_BAD_CREDENTIALS' } });
    expect(await asGuest('POST /v1/sessions', { ...body, code })).toMatchObject({
      body: { code: 'NS_BAD_SECOND_FACTOR' },
    });
    expect((await asGuest('POST /v1/sessions', { ...body, code: recoveryCodes[0] })).status).toBe(201);
    for (let index = 0; index < 5; index += 1) {
      expect(await asGuest('POST /v1/sessions', { ...body, code: recoveryCodes[0] })).toMatchObject({
        body: { code: 'NS_BAD_SECOND_FACTOR' },
      });
    }
    expect(await asGuest('POST /v1/sessions', { ...body, code: recoveryCodes[1] })).toMatchObject({ status: 429 });
    for (const each of [secret, ...recoveryCodes]) expect(service.log).not.toContain(each);

    expect((await asAdmin(`DELETE /v1/users/${user.id}/second-factor`)).status).toBe(204);
    expect((await asAdmin(`GET /v1/users/${user.id}`)).body).toMatchObject({ hasSecondFactor: false });
  });

  test('is turned on and off with the password', async () => {
    const bearer = await bearerOf((await someone()).username);
    const wrong = { status: 401, body: { code: 'NS_BAD_CREDENTIALS' } };
    expect(await send(bearer, 'POST /v1/me/second-factor/enrol', { password: 'not the password' })).toMatchObject(wrong);
    const { secret } = (await send(bearer, 'POST /v1/me/second-factor/enrol', { password: PASSWORD })).body as Enrolment;
    const confirmed = await send(bearer, 'POST /v1/me/second-factor/confirm', { code: totpNow(secret) });
    const [code] = (confirmed.body as RecoveryCodes).recoveryCodes;
    expect(await send(bearer, 'DELETE /v1/me/second-factor', { password: 'not the password', code })).toMatchObject(wrong);
    expect(await send(bearer, 'GET /v1/me/second-factor')).toMatchObject({ body: { isOn: true, recoveryCodesLeft: 10 } });
    expect((await send(bearer, 'DELETE /v1/me/second-factor', { password: PASSWORD, code })).status).toBe(204);
    expect(await send(bearer, 'GET /v1/me/second-factor')).toMatchObject({ body: { isOn: false, since: null } });
  });
});

import type { Account, IssuedSession } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, freshBrowser, fromBrowser, signIn } from '../../support/auth-client.ts';
import { type AuthService, startAuthService } from '../../support/auth-service.ts';

const GRACE = { username: 'grace', password: 'correct horse battery' };
const wrong = { ...GRACE, password: 'not the password at all' };

let service: AuthService;
beforeAll(async () => {
  service = await startAuthService({ NETSTORE_ADMIN_USERNAME: GRACE.username, NETSTORE_ADMIN_PASSWORD: GRACE.password });
});
afterAll(() => service[Symbol.asyncDispose]());

const refresh = (refreshToken: string) => ask(service, 'POST /v1/sessions/refresh', { body: { refreshToken } });
const me = (bearer: string) => ask(service, 'GET /v1/me', { bearer });

describe('signing in', () => {
  test('gives both tokens and how long they last, and nobody may keep the answer', async () => {
    const answer = await ask(service, 'POST /v1/sessions', { body: GRACE, headers: freshBrowser() });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.body).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      expiresInSeconds: 600,
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      refreshExpiresInSeconds: 14 * 86_400,
    });
  });

  test('does not mind a capital in the user name', async () => {
    await expect(signIn(service, { ...GRACE, username: 'Grace' })).resolves.toBeDefined();
  });

  test('answers a wrong password and an unknown user alike', async () => {
    const attempt = async (body: unknown) => {
      const answer = await ask(service, 'POST /v1/sessions', { body, headers: freshBrowser() });
      return { ...answer, headers: [...answer.headers.keys()], body: { ...(answer.body as object), requestId: '' } };
    };
    const known = await attempt(wrong);
    expect(known).toMatchObject({ status: 401, body: { code: 'NS_BAD_CREDENTIALS' } });
    expect(await attempt({ ...wrong, username: 'nobody' })).toEqual(known);
    expect(await attempt({ ...wrong, username: "' or 1=1 --" })).toEqual(known);
  });

  test.each<[string, unknown]>([
    ['no body', undefined],
    ['a body that is no JSON', '{'],
    ['an array', []],
    ['no password', { username: 'grace' }],
    ['an empty user name', { ...GRACE, username: '' }],
    ['a password that is an object', { ...GRACE, password: {} }],
    ['a password of 1025 characters', { ...GRACE, password: 'x'.repeat(1025) }],
    ['an unknown field', { ...GRACE, remember: true }],
    ['a poisoned prototype', `{"username":"grace","password":"x","__proto__":{"a":1}}`],
  ])('refuses %s', async (_what, body) => {
    const answer = await ask(service, 'POST /v1/sessions', { ...(body === undefined ? {} : { body }), headers: freshBrowser() });
    expect(answer).toMatchObject({ status: 400, body: { code: 'NS_BAD_REQUEST' } });
  });
});

describe('throttling', () => {
  test('holds an account after five failures, also for the right password, and says how long', async () => {
    const attempt = (body: unknown) => ask(service, 'POST /v1/sessions', { body, headers: freshBrowser() });
    for (let index = 0; index < 5; index += 1) expect((await attempt({ ...wrong, username: 'held' })).status).toBe(401);
    const held = await attempt({ ...wrong, username: 'held' });
    expect(held).toMatchObject({ status: 429, body: { code: 'NS_TOO_MANY_ATTEMPTS' } });
    expect(held.headers.get('retry-after')).toBe('1');
    expect((await attempt(GRACE)).status).toBe(201);
  });

  test('holds a network after five failures whatever the user names, and no other network', async () => {
    const attempt = (address: string, body: unknown) => ask(service, 'POST /v1/sessions', { body, headers: fromBrowser(address) });
    for (let index = 0; index < 5; index += 1) {
      expect((await attempt(`2001:db8:7:7::${index}`, { ...wrong, username: `user-${index}` })).status).toBe(401);
    }
    expect((await attempt('2001:db8:7:7::beef', GRACE)).status).toBe(429);
    expect((await attempt('2001:db8:7:8::1', GRACE)).status).toBe(201);
  });

  test('ends: after the wait the right password is taken', async () => {
    const headers = freshBrowser();
    for (let index = 0; index < 5; index += 1) await ask(service, 'POST /v1/sessions', { body: wrong, headers });
    const held = await ask(service, 'POST /v1/sessions', { body: GRACE, headers });
    expect(held.status).toBe(429);
    await new Promise((resolve) => setTimeout(resolve, Number(held.headers.get('retry-after')) * 1000));
    expect((await ask(service, 'POST /v1/sessions', { body: GRACE, headers })).status).toBe(201);
  });

  test('answers 503 with Retry-After when more sign in at once than can wait', async () => {
    const attempts = Array.from({ length: 45 }, (_, index) =>
      ask(service, 'POST /v1/sessions', { body: { ...wrong, username: `crowd-${index}` }, headers: freshBrowser() }),
    );
    const answers = await Promise.all(attempts);
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy[0]).toMatchObject({ body: { code: 'NS_BUSY' } });
    expect(busy[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(45 - busy.length);
    await expect(signIn(service, GRACE)).resolves.toBeDefined();
  });

  test('answers nobody but the gateway, and takes nothing but an address for one', async () => {
    const headers = { ...fromBrowser('192.0.2.1'), 'x-netstore-service-key': '00'.repeat(32) };
    expect(await ask(service, 'POST /v1/sessions', { body: GRACE, headers })).toMatchObject({ status: 401 });
    expect(await ask(service, 'POST /v1/sessions', { body: GRACE, headers: fromBrowser('192.0.2.1') })).toMatchObject({ status: 201 });
    const malformed = { body: GRACE, headers: fromBrowser('localhost') };
    expect(await ask(service, 'POST /v1/sessions', malformed)).toMatchObject({ status: 400 });
  });
});

describe('refreshing', () => {
  test('gives new tokens of the same session, and the same again to a retry', async () => {
    const first = await signIn(service, GRACE);
    const [second, retry] = await Promise.all([refresh(first.refreshToken), refresh(first.refreshToken)]);
    expect([second.status, retry.status]).toEqual([200, 200]);
    const issued = second.body as IssuedSession;
    expect(issued.refreshToken).not.toBe(first.refreshToken);
    expect((retry.body as IssuedSession).refreshToken).toBe(issued.refreshToken);
    expect(await me(issued.accessToken)).toMatchObject({ status: 200, body: { user: { username: 'grace' } } });
    expect((await refresh(issued.refreshToken)).status).toBe(200);
  });

  test.each<[string, unknown, number]>([
    ['an unknown token', { refreshToken: 'A'.repeat(43) }, 401],
    ['an access token', { refreshToken: 'eyJhbGciOiJFZERTQSJ9.e30.AA' }, 401],
    ['an empty token', { refreshToken: '' }, 400],
    ['a token that is null', { refreshToken: null }, 400],
    ['an endless token', { refreshToken: 'A'.repeat(257) }, 400],
    ['an unknown field', { refreshToken: 'A'.repeat(43), more: 1 }, 400],
  ])('refuses %s', async (_what, body, status) => {
    expect(await ask(service, 'POST /v1/sessions/refresh', { body })).toMatchObject({ status });
  });
});

describe('signing out', () => {
  test('ends the session for every token that it gave, at once, and no other session', async () => {
    const other = await signIn(service, GRACE);
    const first = await signIn(service, GRACE);
    const second = (await refresh(first.refreshToken)).body as IssuedSession;
    const out = () => ask(service, 'DELETE /v1/sessions/current', { body: { refreshToken: second.refreshToken } });
    expect(await out()).toMatchObject({ status: 204, body: undefined });
    expect(await me(first.accessToken)).toMatchObject({ status: 401, body: { code: 'NS_UNAUTHENTICATED' } });
    expect((await ask(service, 'GET /v1/spaces/home-grace/access', { bearer: second.accessToken })).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(401);
    expect((await me(other.accessToken)).status).toBe(200);
    expect((await out()).status).toBe(204);
  });

  test('of a session that nobody knows is no error, but of nonsense is', async () => {
    const out = (body: unknown) => ask(service, 'DELETE /v1/sessions/current', { body });
    expect((await out({ refreshToken: 'unknown' })).status).toBe(204);
    expect((await out({})).status).toBe(400);
  });
});

test.each(['SIGTERM', 'SIGKILL'] as const)('after %s and a restart, living sessions live and ended ones stay ended', async (how) => {
  const before = await signIn(service, GRACE);
  const ended = await signIn(service, GRACE);
  const renewed = (await refresh(before.refreshToken)).body as IssuedSession;
  await ask(service, 'DELETE /v1/sessions/current', { body: { refreshToken: ended.refreshToken } });
  await service.restart(how);
  expect((await me(renewed.accessToken)).body as Account).toMatchObject({ user: { username: 'grace' } });
  // The grace period outlives it too: the successor is computed, not remembered.
  expect((await refresh(before.refreshToken)).body).toMatchObject({ refreshToken: renewed.refreshToken });
  expect((await refresh(renewed.refreshToken)).status).toBe(200);
  expect((await me(ended.accessToken)).status).toBe(401);
});

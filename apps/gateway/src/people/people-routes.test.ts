import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakePerson } from '../testing/fake-access.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

const ID = '0'.repeat(32);
const PASSWORD = 'correct horse battery';

let bench: GatewayBench;
let root: FakePerson;
beforeAll(async () => {
  bench = await GatewayBench.start();
  root = bench.auth.person('root', {}, ['admin']);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

function send(method: string, path: string, body?: unknown): Promise<Response> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return bench.fetch(`/api/v1${path}`, { method, person: root, ...json });
}

function asGuest(path: string, body: unknown): Promise<Response> {
  return fetch(`${bench.url}/api/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

describe('what is asked about people', () => {
  test('reaches the auth service as it is, queries included', async () => {
    const answer = await send('GET', '/users?search=a%26b&limit=7');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ users: [{ username: 'somebody' }], nextCursor: null });
    expect(bench.auth.requests.at(-1)).toMatch(/^GET \/v1\/users\?(?:search=a%26b&limit=7|limit=7&search=a%26b)$/);
    expect((await send('DELETE', `/users/${ID}`, { reassignTo: ID })).status).toBe(204);
  });

  test.each<[string, string, unknown]>([
    ['GET', '/users?limit=201', undefined],
    ['GET', '/users?order=desc', undefined],
    ['GET', '/users/..%2Fme', undefined],
    ['GET', `/users/${ID}0`, undefined],
    ['POST', '/users', { username: 'Ada', password: PASSWORD, roles: ['member'] }],
    ['POST', '/users', { username: 'ada', password: PASSWORD, roles: ['member'], more: 1 }],
    ['PATCH', `/users/${ID}`, {}],
    ['PATCH', `/users/${ID}`, { roles: ['owner'] }],
    ['DELETE', `/users/${ID}`, { reassignTo: 'x' }],
    ['POST', '/me/password', { oldPassword: 'x' }],
    ['DELETE', '/me/second-factor', { password: 'x' }],
  ])('%s %s with %j is refused before that', async (method, path, body) => {
    const before = bench.auth.requests.length;
    const answer = await send(method, path, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'NS_BAD_REQUEST' });
    expect(bench.auth.requests.slice(before)).toEqual([]);
  });

  test('is not answered while the auth service is away', async () => {
    await using lone = await GatewayBench.start();
    await lone.auth[Symbol.asyncDispose]();
    const answer = await lone.fetch('/api/v1/users');
    expect(answer.status).toBe(503);
  });
});

describe('a guest', () => {
  test('who accepts an invitation is signed in, with the refresh token in the cookie alone', async () => {
    const answer = await asGuest('/invitations/accept', { token: 'token', username: 'ada', password: PASSWORD });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-netstore-refresh=refresh-token; /);
    expect(await answer.json()).toEqual({ accessToken: 'a.b.c', expiresInSeconds: 600 });
  });

  test('learns what a link offers, and sets a new password', async () => {
    expect(await (await asGuest('/invitations/look-up', { token: 'token' })).json()).toMatchObject({ invitedBy: 'root' });
    expect(await (await asGuest('/password-resets/look-up', { token: 'token' })).json()).toMatchObject({ username: 'somebody' });
    expect((await asGuest('/password-resets/accept', { token: 'token', password: PASSWORD })).status).toBe(204);
  });

  test.each([
    ['/invitations/look-up', {}],
    ['/invitations/look-up', { token: '' }],
    ['/invitations/accept', { token: 'x', password: PASSWORD, roles: ['admin'] }],
    ['/password-resets/accept', { token: 'x', password: PASSWORD, username: 'root' }],
  ])('is refused at %s with %j', async (path, body) => {
    expect((await asGuest(path, body)).status).toBe(400);
  });
});

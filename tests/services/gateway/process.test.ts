import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { waitUntil } from '../../support/wait-until.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const COOKIE = /^__Host-netstore-refresh=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/;
const status = async (path: string, token: string): Promise<number> => {
  const answer = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
};

describe('sessions through the gateway', () => {
  test('begin, are renewed once a token, and end everywhere within 5 s', async () => {
    const body = JSON.stringify({ username: 'admin', password: 'an administrator of tests' });
    const begun = await fetch(`${gateway.url}/api/v1/sessions`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const cookie = begun.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(COOKIE);
    const headers = { cookie: cookie.split(';')[0] ?? '', 'x-netstore-request': '1' };
    const renewed = await fetch(`${gateway.url}/api/v1/sessions/refresh`, { method: 'POST', headers });
    expect(renewed.status).toBe(200);
    const { accessToken } = (await renewed.json()) as { accessToken: string };
    expect(await status('/api/v1/me', accessToken)).toBe(200);
    expect(await status('/api/v1/spaces/home-admin/entries', accessToken)).toBe(200);
    const next = (renewed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(
      (await fetch(`${gateway.url}/api/v1/sessions/current`, { method: 'DELETE', headers: { ...headers, cookie: next } })).status,
    ).toBe(204);
    await expect.poll(() => status('/api/v1/spaces/home-admin/entries', accessToken), { timeout: 5_500, interval: 250 }).toBe(401);
    expect(await status('/api/v1/me', accessToken)).toBe(401);
  });

  test('are refused for a wrong password, and set-up is over', async () => {
    const post = (path: string, body: object): Promise<Response> =>
      fetch(gateway.url + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    expect((await post('/api/v1/sessions', { username: 'admin', password: 'wrong wrong wrong' })).status).toBe(401);
    expect((await post('/api/v1/setup', { token: 'x'.repeat(43), username: 'eve', password: 'correct horse battery' })).status).toBe(409);
    expect(await (await fetch(`${gateway.url}/api/v1/setup`)).json()).toEqual({ isNeeded: false });
  });

  test('go on for some seconds when the auth service is away, and then nobody can say who may do what', async () => {
    const token = await gateway.signIn();
    expect(await status('/api/v1/spaces/home-admin/entries', token)).toBe(200);
    await gateway.auth.stop();
    expect(await status('/api/v1/spaces/home-admin/entries', token)).toBe(200);
    expect(await status('/api/v1/spaces/home-other/entries', token)).toBe(503);
    await waitUntil('nothing is believed any more', 8_000, async () => (await status('/api/v1/spaces/home-admin/entries', token)) === 503);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
  });
});

describe('the process', () => {
  test('logs no token, no password and no name of a file', async () => {
    expect(gateway.log).not.toMatch(/an administrator of tests|eyJ|home-admin\/files|netstore-refresh=/);
  });

  test('ends cleanly when it is told to', async () => {
    expect(await gateway.end('SIGTERM')).toBe(0);
    expect(gateway.log).toContain('"msg":"stopped"');
  });

  test('names every problem of its configuration and ends with 78', async () => {
    await gateway.start({ NETSTORE_AUTH_URL: 'nonsense', NETSTORE_NODES: 'node-1', NETSTORE_HTTP_PORT: '70000' });
    expect(await gateway.end('SIGTERM')).toBe(78);
    for (const name of ['NETSTORE_AUTH_URL', 'NETSTORE_NODES', 'NETSTORE_HTTP_PORT']) expect(gateway.log).toContain(name);
  });
});

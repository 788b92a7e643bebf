import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { rawRequest } from '../testing/raw-http.ts';

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const COOKIE = '__Host-netstore-refresh=refresh-token';
const json = { 'content-type': 'application/json' };
const signIn = (body: object = { username: 'alice', password: 'a password' }): Promise<Response> =>
  fetch(`${bench.url}/api/v1/sessions`, { method: 'POST', body: JSON.stringify(body), headers: json });
const refresh = (headers: Record<string, string>): Promise<Response> =>
  fetch(`${bench.url}/api/v1/sessions/refresh`, { method: 'POST', headers });

describe('sign-in', () => {
  test('gives the access token in the body and the refresh token in the cookie alone', async () => {
    const answer = await signIn();
    expect(answer.status).toBe(201);
    expect(answer.headers.get('set-cookie')).toBe(
      '__Host-netstore-refresh=refresh-token; Max-Age=1000; Path=/; HttpOnly; Secure; SameSite=Strict',
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({ accessToken: 'a.b.c', expiresInSeconds: 600 });
  });

  test.each([[{}], [{ username: 'a' }], [{ username: 'a', password: 'b', more: 1 }], [{ username: 1, password: 'b' }]])(
    'refuses %j',
    async (body) => {
      const answer = await signIn(body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'NS_BAD_REQUEST' });
    },
  );

  test('refuses what is not JSON, and too much of it', async () => {
    const url = `${bench.url}/api/v1/sessions`;
    expect((await fetch(url, { method: 'POST', body: '{', headers: json })).status).toBe(400);
    expect((await fetch(url, { method: 'POST', body: 'x=1', headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await fetch(url, { method: 'POST', body: ' '.repeat(1024 * 1024 + 1), headers: json })).status).toBe(413);
  });

  test('is not possible over plain HTTP from elsewhere, except when that was asked for', async () => {
    const body = JSON.stringify({ username: 'alice', password: 'a password' });
    const head = [
      'POST /api/v1/sessions HTTP/1.1',
      'Host: files.example',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    expect((await rawRequest(bench.url, head, body)).status).toBe(403);
    await using open = await GatewayBench.start({ config: { allowInsecureHttp: true } });
    const answer = await rawRequest(open.url, head, body);
    expect(answer.status).toBe(201);
    expect(answer.text).toMatch(/set-cookie: netstore-refresh-insecure=refresh-token; Max-Age=1000; Path=\/; HttpOnly; SameSite=Strict/i);
  });
});

describe('refresh and sign-out', () => {
  test('take the cookie of our own page', async () => {
    const answer = await refresh({ cookie: COOKIE, 'x-netstore-request': '1', origin: bench.url, 'sec-fetch-site': 'same-origin' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toContain('refresh-token');
    const out = await fetch(`${bench.url}/api/v1/sessions/current`, {
      method: 'DELETE',
      headers: { cookie: COOKIE, 'x-netstore-request': '1' },
    });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/__Host-netstore-refresh=; .*Expires=Thu, 01 Jan 1970/);
  });

  test.each([
    ['without the proof', {}],
    ['from another origin', { 'x-netstore-request': '1', origin: 'https://evil.example' }],
    ['from another port', { 'x-netstore-request': '1', origin: 'http://127.0.0.1:1' }],
    ['from a page without an origin', { 'x-netstore-request': '1', origin: 'null' }],
    ['from another site', { 'x-netstore-request': '1', 'sec-fetch-site': 'cross-site' }],
    ['from a sibling site', { 'x-netstore-request': '1', 'sec-fetch-site': 'same-site' }],
  ])('are refused %s', async (_, headers) => {
    const answer = await refresh({ cookie: COOKIE, ...headers } as Record<string, string>);
    expect(answer.status).toBe(403);
  });

  test('without a cookie there is nothing to refresh', async () => {
    expect((await refresh({ 'x-netstore-request': '1' })).status).toBe(401);
  });

  test('the cookie opens nothing else', async () => {
    expect((await fetch(`${bench.url}/api/v1/me`, { headers: { cookie: COOKIE } })).status).toBe(401);
    expect((await fetch(`${bench.url}/api/v1/spaces/home-alice/entries`, { headers: { cookie: COOKIE } })).status).toBe(401);
  });
});

describe('who asks', () => {
  test('is told who they are', async () => {
    expect(await (await bench.fetch('/api/v1/me')).json()).toMatchObject({ user: { username: 'alice' } });
    expect(await (await fetch(`${bench.url}/api/v1/setup`)).json()).toEqual({ isNeeded: false });
  });

  test('is refused everywhere within 5 s after the session ended', async () => {
    const carol = bench.auth.person('carol');
    const asCarol = (path: string): Promise<number> => bench.fetch(path, { person: carol }).then(({ status }) => status);
    expect(await asCarol('/api/v1/spaces/home-carol/entries')).toBe(200);
    expect(await asCarol('/api/v1/cluster')).toBe(200);
    bench.auth.end(carol.sessionId);
    expect(await asCarol('/api/v1/me')).toBe(401);
    const both = (): Promise<number[]> => Promise.all(['/api/v1/spaces/home-carol/entries', '/api/v1/cluster'].map(asCarol));
    await expect.poll(both, { timeout: 5_500, interval: 250 }).toEqual([401, 401]);
  }, 10_000);

  test('goes on while the auth service is down, when it was let in before, and nobody else is', async () => {
    await using lone = await GatewayBench.start();
    const status = (person = lone.alice): Promise<number> =>
      lone.fetch('/api/v1/spaces/home-alice/entries', { person }).then((answer) => answer.status);
    const stranger = lone.auth.person('stranger');
    expect(await status()).toBe(200);
    await lone.auth[Symbol.asyncDispose]();
    expect(await status()).toBe(200);
    expect(await status(stranger)).toBe(503);
    expect(await (await fetch(`${lone.url}/readyz`)).json()).toMatchObject({ ready: false });
  }, 15_000);
});

import { createHmac, createPublicKey, generateKeyPairSync, sign, verify, type webcrypto } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { type Account, type IssuedSession, SERVICE_KEY_HEADER, type SpaceAccess } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, signIn } from '../../support/auth-client.ts';
import { type AuthService, startAuthService } from '../../support/auth-service.ts';
import { waitUntil } from '../../support/wait-until.ts';

const GRACE = { username: 'grace', password: 'correct horse battery' };

let service: AuthService;
let session: IssuedSession;
beforeAll(async () => {
  service = await startAuthService({ NETSTORE_ADMIN_USERNAME: GRACE.username, NETSTORE_ADMIN_PASSWORD: GRACE.password });
  session = await signIn(service, GRACE);
});
afterAll(() => service[Symbol.asyncDispose]());

const decode = (segment: string | undefined): Record<string, unknown> => JSON.parse(Buffer.from(segment ?? '', 'base64url').toString());
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sessionIdOf = ({ accessToken }: IssuedSession): string => String(decode(accessToken.split('.')[1])['sid']);

async function publishedKey(): Promise<webcrypto.JsonWebKey & { kid: string }> {
  const { body } = await ask(service, 'GET /.well-known/jwks.json');
  const [key] = (body as { keys: (webcrypto.JsonWebKey & { kid: string })[] }).keys;
  if (key === undefined) throw new Error('Key set is empty');
  return key;
}

describe('who am I', () => {
  test('the bearer learns name, roles and spaces', async () => {
    const answer = await ask(service, 'GET /v1/me', { bearer: session.accessToken });
    expect(answer.status).toBe(200);
    expect(answer.body as Account).toEqual({
      user: { id: expect.stringMatching(/^[0-9a-f]{32}$/), username: 'grace' },
      roles: ['admin', 'member'],
      spaces: [{ id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'home-grace', kind: 'home', owner: 'grace', role: 'manager' }],
      bytesMax: null,
    });
  });
});

describe('what may I do in a space', () => {
  test('a member learns the role', async () => {
    const answer = await ask(service, 'GET /v1/spaces/home-grace/access', { bearer: session.accessToken });
    expect(answer).toMatchObject({
      status: 200,
      body: { space: { name: 'home-grace', role: 'manager' }, username: 'grace', isOwner: true, rules: [] },
    });
    expect((answer.body as SpaceAccess).userId).toBe(decode(session.accessToken.split('.')[1])['sub']);
  });

  test.each(['home-eve', 'HOME-GRACE', '%2e%2e%2fx', 'x%00', "x'--"])('the space %s is not there', async (space) => {
    const answer = await ask(service, `GET /v1/spaces/${space}/access`, { bearer: session.accessToken });
    expect(answer).toMatchObject({ status: 404, body: { code: 'NS_NOT_FOUND' } });
  });

  test('without a token one does not even learn that', async () => {
    expect((await ask(service, 'GET /v1/spaces/home-grace/access')).status).toBe(401);
    expect((await ask(service, 'GET /v1/spaces/home-eve/access')).status).toBe(401);
  });

  test('unknown parameters, endless names and broken escapes are refused', async () => {
    const bearer = session.accessToken;
    for (const path of ['home-grace/access?role=admin', `${'x'.repeat(129)}/access`, '%zz/access']) {
      expect(await ask(service, `GET /v1/spaces/${path}`, { bearer })).toMatchObject({ status: 400, body: { code: 'NS_BAD_REQUEST' } });
    }
  });
});

describe('what may a session do, asked by the gateway', () => {
  const route = (space = 'home-grace', id = sessionIdOf(session)): string => `GET /v1/sessions/${id}/spaces/${space}/access`;
  test('with the service key it answers as for the user', async () => {
    const asUser = await ask(service, 'GET /v1/spaces/home-grace/access', { bearer: session.accessToken });
    expect(await ask(service, route())).toMatchObject({ status: 200, body: asUser.body as object });
  });

  test('with a wrong one, an empty one or a user token alone it is 401', async () => {
    expect((await ask(service, route(), { headers: { [SERVICE_KEY_HEADER]: '11'.repeat(32) } })).status).toBe(401);
    expect((await ask(service, route(), { headers: { [SERVICE_KEY_HEADER]: '' } })).status).toBe(401);
    expect(
      (await fetch(service.url + route().slice('GET '.length), { headers: { authorization: `Bearer ${session.accessToken}` } })).status,
    ).toBe(401);
  });

  test('unknown, malformed and ended sessions, and other spaces, are one 404', async () => {
    const ended = await signIn(service, GRACE);
    await ask(service, 'DELETE /v1/sessions/current', { body: { refreshToken: ended.refreshToken } });
    const routes = [
      route('home-eve'),
      route('home-grace', '0'.repeat(32)),
      route('home-grace', 'x'),
      route('home-grace', sessionIdOf(ended)),
    ];
    const details = new Set<unknown>();
    for (const each of routes) {
      const answer = await ask(service, each);
      expect(answer.status).toBe(404);
      details.add((answer.body as { detail: string }).detail);
    }
    expect(details.size).toBe(1);
  });
});

describe('the key set', () => {
  test('holds the public half of the key that signed, and nothing private', async () => {
    const answer = await ask(service, 'GET /.well-known/jwks.json');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    expect(JSON.stringify(answer.body)).not.toContain('"d"');
    const key = await publishedKey();
    const [header, payload, signature] = session.accessToken.split('.');
    expect(decode(header)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid });
    const isValid = verify(
      null,
      Buffer.from(`${header}.${payload}`),
      createPublicKey({ key, format: 'jwk' }),
      Buffer.from(signature ?? '', 'base64url'),
    );
    expect(isValid).toBe(true);
  });

  test('stays the same over a restart', async () => {
    const before = await publishedKey();
    await service.restart('SIGTERM');
    expect(await publishedKey()).toEqual(before);
    expect((await ask(service, 'GET /v1/me', { bearer: session.accessToken })).status).toBe(200);
  });
});

describe('a forged token is 401', () => {
  test.each<[string, (kid: string, key: webcrypto.JsonWebKey) => string]>([
    ['unsigned', (kid) => `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${session.accessToken.split('.')[1]}.`],
    [
      'signed with HS256 and the public key',
      (kid, key) => {
        const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${session.accessToken.split('.')[1]}`;
        const secret = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      },
    ],
    [
      'signed with another key',
      (kid) => {
        const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid })}.${session.accessToken.split('.')[1]}`;
        return `${input}.${sign(null, Buffer.from(input), generateKeyPairSync('ed25519').privateKey).toString('base64url')}`;
      },
    ],
    [
      'bringing its own key',
      (kid) => {
        const { publicKey, privateKey } = generateKeyPairSync('ed25519');
        const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid, jwk: publicKey.export({ format: 'jwk' }) })}.${session.accessToken.split('.')[1]}`;
        return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
      },
    ],
    [
      'with a changed payload',
      () => {
        const [header, payload, signature] = session.accessToken.split('.');
        return `${header}.${encode({ ...decode(payload), exp: 4_000_000_000 })}.${signature}`;
      },
    ],
    ['with its last byte changed', () => session.accessToken.slice(0, -4) + (session.accessToken.endsWith('AAAA') ? 'BBBB' : 'AAAA')],
    ['that is a refresh token', () => session.refreshToken],
    ['that is nothing', () => ''],
  ])('%s', async (_what, forge) => {
    const key = await publishedKey();
    const answer = await ask(service, 'GET /v1/me', { headers: { authorization: `Bearer ${forge(key.kid, key)}` } });
    expect(answer).toMatchObject({ status: 401, body: { code: 'NS_UNAUTHENTICATED' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('the edge', () => {
  test('unknown routes and methods are a problem document', async () => {
    for (const route of ['GET /', 'GET /v1/nowhere', 'PUT /v1/sessions', 'POST /v1/me', 'GET /v1/sessions/current']) {
      const answer = await ask(service, route);
      expect(answer).toMatchObject({ status: 404, body: { code: 'NS_NOT_FOUND', requestId: expect.stringMatching(/./) } });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  test('other content types are 415, large bodies 413, large headers 431', async () => {
    const post = (body: string, type: string) => ask(service, 'POST /v1/sessions', { body, headers: { 'content-type': type } });
    expect(await post('username=grace', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415 });
    expect(await post(`"${'x'.repeat(17_000)}"`, 'application/json')).toMatchObject({ status: 413 });
    const large = await fetch(`${service.url}/v1/me`, { headers: { authorization: `Bearer ${'x'.repeat(17_000)}` } });
    expect(large.status).toBe(431);
  });

  test('a request with both Transfer-Encoding and Content-Length is refused', async () => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    socket.end(
      `POST /v1/sessions HTTP/1.1\r\nHost: x\r\n${SERVICE_KEY_HEADER}: ${service.serviceKey}\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    );
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('metrics count requests by route and name nobody', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toMatch(/netstore_http_request_duration_seconds_count\{[^}]*route="\/v1\/me"[^}]*\} \d+/);
    expect(text).toContain('netstore_auth_password_hashes_waiting{service="auth-service"} 0');
    expect(text).not.toContain('grace');
  });

  test('the log names no password and no token', () => {
    expect(service.log).toContain('session begun');
    for (const secret of [GRACE.password, session.accessToken, session.refreshToken, service.serviceKey]) {
      expect(service.log).not.toContain(secret);
    }
  });

  test('a stop lets the request under way end, and exits with 0', async () => {
    const body = JSON.stringify(GRACE);
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    const received = collect(socket);
    socket.write(
      `POST /v1/sessions HTTP/1.1\r\nHost: x\r\n${SERVICE_KEY_HEADER}: ${service.serviceKey}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    await waitUntil('the request is under way', 5_000, () => received.text.includes('100 Continue'));
    const stopped = service.stop();
    await waitUntil('the stop has begun', 5_000, () => service.log.includes('"stopping"'));
    socket.write(body);
    expect(await stopped).toBe(0);
    await received.end;
    expect(received.text).toContain('HTTP/1.1 201 Created');
    // Without being told so, the client would keep the connection, and the connection the process.
    expect(received.text).toMatch(/connection: close/i);
  });
});

/** Reads along while the test goes on. */
function collect(socket: Socket): { readonly text: string; readonly end: Promise<void> } {
  const read = async (): Promise<void> => {
    for await (const chunk of socket.setEncoding('latin1')) received.text += chunk;
  };
  const received = { text: '', end: Promise.resolve() };
  received.end = read();
  return received;
}

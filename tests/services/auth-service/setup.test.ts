import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuedSession } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, freshBrowser, signIn } from '../../support/auth-client.ts';
import { type AuthService, startAuthService } from '../../support/auth-service.ts';

const ADA = { username: 'ada', password: 'correct horse battery' };

let service: AuthService;
beforeAll(async () => {
  service = await startAuthService();
});
afterAll(() => service[Symbol.asyncDispose]());

async function setUp(change: Record<string, unknown> = {}) {
  return await ask(service, 'POST /v1/setup', { body: { token: await service.setupToken(), ...ADA, ...change } });
}

// In this order: each test finds what the one before left.
describe('a new installation', () => {
  test('is ready, and says that it needs set-up', async () => {
    expect(await ask(service, 'GET /livez')).toMatchObject({ status: 200 });
    expect(await ask(service, 'GET /readyz')).toMatchObject({ status: 200, body: { ready: true, reasons: [] } });
    expect(await ask(service, 'GET /v1/setup')).toMatchObject({ status: 200, body: { isNeeded: true } });
  });

  test('keeps the token in a file for its owner alone, and out of the log', async () => {
    const token = await service.setupToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(service.log).not.toContain(token);
    if (service.dataDir !== undefined) expect(statSync(join(service.dataDir, 'setup-token')).mode & 0o777).toBe(0o600);
  });

  test('has no account that one could sign in to', async () => {
    const answer = await ask(service, 'POST /v1/sessions', {
      body: { username: 'admin', password: 'admin' },
      headers: freshBrowser(),
    });
    expect(answer).toMatchObject({ status: 401, body: { code: 'NS_BAD_CREDENTIALS' } });
  });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['a wrong token', { token: 'A'.repeat(43) }, 401, 'NS_BAD_SETUP_TOKEN'],
    ['an empty token', { token: '' }, 400, 'NS_BAD_REQUEST'],
    ['a token of the wrong type', { token: 7 }, 400, 'NS_BAD_REQUEST'],
    ['no token', { token: undefined }, 400, 'NS_BAD_REQUEST'],
    ['a user name in capitals', { username: 'Ada' }, 400, 'NS_BAD_REQUEST'],
    ['a user name like a path', { username: '../ada' }, 400, 'NS_BAD_REQUEST'],
    ['a user name of 33 characters', { username: 'a'.repeat(33) }, 400, 'NS_BAD_REQUEST'],
    ['a user name that is an array', { username: ['ada'] }, 400, 'NS_BAD_REQUEST'],
    ['a short password', { password: 'x7#kQ!29vLm' }, 422, 'NS_WEAK_PASSWORD'],
    ['a common password', { password: 'password12345' }, 422, 'NS_WEAK_PASSWORD'],
    ['a password of 257 characters', { password: 'abcdefgh'.repeat(33) }, 422, 'NS_WEAK_PASSWORD'],
    ['a password that is a number', { password: 123456789012 }, 400, 'NS_BAD_REQUEST'],
    ['an unknown field', { roles: ['admin'] }, 400, 'NS_BAD_REQUEST'],
  ])('refuses %s', async (_what, change, status, code) => {
    expect(await setUp(change)).toMatchObject({ status, body: { status, code } });
    expect(await ask(service, 'GET /v1/setup')).toMatchObject({ body: { isNeeded: true } });
  });

  test('makes a new token at a restart, and the old one worthless', async () => {
    const old = await service.setupToken();
    await service.restart('SIGTERM');
    expect(await service.setupToken()).not.toBe(old);
    expect(await setUp({ token: old })).toMatchObject({ status: 401, body: { code: 'NS_BAD_SETUP_TOKEN' } });
  });

  test('is set up once, even by two at once', async () => {
    const answers = await Promise.all([setUp(), setUp({ username: 'eve' })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const winner = answers.find(({ status }) => status === 201)?.body as IssuedSession;
    const me = await ask(service, 'GET /v1/me', { bearer: winner.accessToken });
    expect(me).toMatchObject({ status: 200, body: { roles: ['admin', 'member'], spaces: [{ role: 'manager' }] } });
  });

  test('is never set up again, nor after a restart', async () => {
    const body = { token: 'A'.repeat(43), ...ADA };
    expect(await ask(service, 'POST /v1/setup', { body })).toMatchObject({ status: 409, body: { code: 'NS_ALREADY_SET_UP' } });
    await service.restart('SIGKILL');
    expect(await ask(service, 'POST /v1/setup', { body })).toMatchObject({ status: 409, body: { code: 'NS_ALREADY_SET_UP' } });
    expect(await ask(service, 'GET /v1/setup')).toMatchObject({ body: { isNeeded: false } });
    if (service.dataDir !== undefined) expect(existsSync(join(service.dataDir, 'setup-token'))).toBe(false);
  });
});

test('a configured administrator can sign in at once, and a later configuration changes nothing', async () => {
  const configured = (password: string) => ({ NETSTORE_ADMIN_USERNAME: 'grace', NETSTORE_ADMIN_PASSWORD: password });
  await using installed = await startAuthService(configured('a password of the first start'));
  expect(await ask(installed, 'GET /v1/setup')).toMatchObject({ body: { isNeeded: false } });
  // The second start also raises the cost of passwords: the old hash still works and is renewed on the way.
  await installed.restart('SIGTERM', { ...configured('another password altogether'), NETSTORE_ARGON2_PASSES: '3' });
  for (let round = 0; round < 2; round += 1) await signIn(installed, { username: 'grace', password: 'a password of the first start' });
  const refused = await ask(installed, 'POST /v1/sessions', { body: { username: 'grace', password: 'another password altogether' } });
  expect(refused).toMatchObject({ status: 401 });
  expect(await installed.stop()).toBe(0);
  if (installed.dataDir !== undefined) {
    expect(statSync(join(installed.dataDir, 'auth.db')).mode & 0o777).toBe(0o600);
    const stored = readFileSync(join(installed.dataDir, 'auth.db'), 'latin1');
    expect(stored).toMatch(/\$argon2id\$v=19\$m=19456,p=1,t=3\$/);
    expect(stored).not.toContain('a password of the first start');
  }
});

test('a wrong configuration stops it with every problem in one line', async () => {
  const start = startAuthService({ NETSTORE_AUTH_PORT: 'x', NETSTORE_AUTH_HOST: '0.0.0.0', NETSTORE_ADMIN_USERNAME: 'ada' });
  await expect(start).rejects.toThrow(/NETSTORE_AUTH_PORT.*NETSTORE_ADMIN_USERNAME.*NETSTORE_AUTH_HOST/);
});

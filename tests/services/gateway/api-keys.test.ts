/** API keys as a program uses them, from the making to the end, with everything real behind the gateway. */
import {
  type ApiKeys,
  type EntriesPage,
  formatApiKey,
  type IssuedApiKey,
  type Problem,
  parseApiKey,
  type User,
} from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type Gateway, startGateway } from '../../support/gateway.ts';

const PASSWORD = 'a compiler for everyone';
const WITHIN_MS = 5_000;
/** For the round that is under way when the time is over. */
const SLACK_MS = 500;

let gateway: Gateway;
let adminToken: string;
beforeAll(async () => {
  gateway = await startGateway();
  adminToken = await gateway.signIn();
  for (const path of ['in/first.txt', 'in/deep/second.txt', 'inside/other.txt', 'private.txt'])
    expect((await put(adminToken, path)).status).toBe(201);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const send: Gateway['send'] = (...asked) => gateway.send(...asked);
const put = (proof: string, path: string, body = 'x', space = 'home-admin'): Promise<Response> =>
  fetch(`${gateway.url}/api/v1/spaces/${space}/files/${path}`, { method: 'PUT', body, headers: { authorization: `Bearer ${proof}` } });
const get = (proof: string, path: string): Promise<Response> => send(proof, `GET /spaces/home-admin/files/${path}`);
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;
const namesIn = async (proof: string, folder: string): Promise<string[]> => {
  const page = (await (await send(proof, `GET /spaces/home-admin/entries?folder=${folder}`)).json()) as EntriesPage;
  return page.entries.map(({ name }) => name).sort();
};

let made = 0;
async function makeKey(asked: object = {}, { token = adminToken, password = ADMIN.password as string } = {}): Promise<IssuedApiKey> {
  made += 1;
  const scope = { space: 'home-admin', folder: 'in', verbs: ['read', 'write'] };
  const answer = await send(token, 'POST /me/keys', { name: `key ${made}`, ...scope, ...asked, password });
  expect(answer.status).toBe(201);
  return (await answer.json()) as IssuedApiKey;
}

/** Refused within 5 s of `act`, for every kind of request, counted from when it was answered. */
async function expectEnd(text: string, act: () => Promise<Response | undefined>): Promise<void> {
  expect((await get(text, 'in/first.txt')).status).toBe(200);
  const acted = await act();
  if (acted !== undefined) expect(acted.status).toBeLessThan(300);
  const statuses = async (): Promise<number[]> => [
    (await get(text, 'in/first.txt')).status,
    (await put(text, 'in/late.txt')).status,
    (await send(text, 'GET /spaces/home-admin/entries')).status,
  ];
  await expect.poll(statuses, { timeout: WITHIN_MS + SLACK_MS, interval: 200 }).toEqual([401, 401, 401]);
}

describe('a key for a folder', () => {
  test('lists, gets and puts there, sees nothing elsewhere, and may not do what it was not made for', async () => {
    const { text } = await makeKey();
    expect(await namesIn(text, '')).toEqual(['in']);
    expect(await namesIn(text, 'in')).toEqual(['deep', 'first.txt']);
    expect((await put(text, 'in/third.txt', 'of a program')).status).toBe(201);
    expect(await (await get(text, 'in/third.txt')).text()).toBe('of a program');
    for (const path of ['private.txt', 'inside/other.txt', 'nowhere']) {
      expect(await codeOf(await get(text, path))).toBe('NS_NOT_FOUND');
      expect(await codeOf(await put(text, path))).toBe('NS_NOT_FOUND');
    }
    expect(await codeOf(await send(text, 'DELETE /spaces/home-admin/files/in/third.txt'))).toBe('NS_FORBIDDEN');
    expect(await codeOf(await send(text, 'GET /spaces/home-nobody/entries'))).toBe('NS_NOT_FOUND');
    expect((await get(adminToken, 'in/third.txt')).status).toBe(200);
  });

  test('reaches nothing that is about people, even of an administrator', async () => {
    const { text, key } = await makeKey({ space: undefined, folder: undefined, verbs: ['read', 'write', 'delete'] });
    for (const route of ['GET /me', 'GET /users', 'GET /me/sessions', 'GET /me/keys', 'GET /spaces', 'GET /cluster', 'GET /groups'])
      expect(await codeOf(await send(text, route))).toBe('NS_FORBIDDEN');
    expect(await codeOf(await send(text, `DELETE /me/keys/${key.id}`))).toBe('NS_FORBIDDEN');
    expect((await get(text, 'private.txt')).status).toBe(200);
  });

  test('is shown once and never logged, and its last use is in the list', async () => {
    const { text, key } = await makeKey();
    await get(text, 'in/first.txt');
    const { keys } = (await (await send(adminToken, 'GET /me/keys')).json()) as ApiKeys;
    expect(keys.find(({ id }) => id === key.id)?.lastUsedAt).not.toBeNull();
    const { secret = '' } = parseApiKey(text) ?? {};
    expect(JSON.stringify(keys) + gateway.log + gateway.auth.log).not.toContain(secret);
  });
});

describe('within 5 s a key is refused', () => {
  test('when its user ended it', async () => {
    const { text, key } = await makeKey();
    await expectEnd(text, () => send(adminToken, `DELETE /me/keys/${key.id}`));
  });

  test('when its time is over', async () => {
    const { text } = await makeKey({ expiresInSeconds: 2 });
    await expectEnd(text, async () => undefined);
  });

  test('when its user is disabled, and good again when he is not', async () => {
    const created = await send(adminToken, 'POST /users', { username: 'ann', password: PASSWORD, roles: ['member'] });
    const { id } = (await created.json()) as User;
    await send(adminToken, 'PUT /spaces/home-admin/grants', { folder: 'in', subject: { kind: 'user', name: 'ann' }, role: 'editor' });
    const session = await fetch(`${gateway.url}/api/v1/sessions`, {
      method: 'POST',
      body: JSON.stringify({ username: 'ann', password: PASSWORD }),
      headers: { 'content-type': 'application/json' },
    });
    const { accessToken } = (await session.json()) as { accessToken: string };
    const { text } = await makeKey({}, { token: accessToken, password: PASSWORD });
    await expectEnd(text, () => send(adminToken, `PATCH /users/${id}`, { isDisabled: true }));
    await send(adminToken, `PATCH /users/${id}`, { isDisabled: false });
    await expect.poll(async () => (await get(text, 'in/first.txt')).status, { timeout: WITHIN_MS + SLACK_MS }).toBe(200);
    await send(adminToken, 'DELETE /spaces/home-admin/grants?folder=in&user=ann');
    await expect.poll(async () => (await get(text, 'in/first.txt')).status, { timeout: WITHIN_MS + SLACK_MS }).toBe(404);
  });
});

test('a key that is forged, cut off or mistyped is refused', async () => {
  const { text } = await makeKey();
  const other = await makeKey();
  const { id, secret } = parseApiKey(text) ?? expect.fail('The key is not whole');
  const strange = parseApiKey(other.text)?.secret ?? '';
  for (const forged of [
    formatApiKey({ id, secret: strange }),
    formatApiKey({ id, secret: secret.replace(/^./, (first) => (first === '0' ? '1' : '0')) }),
    text.slice(0, -1),
    text.slice(0, 40),
    `${text}0`,
    text.replace('nsk_', 'nsk'),
    text.toUpperCase(),
  ])
    expect(await codeOf(await get(forged, 'in/first.txt'))).toBe('NS_UNAUTHENTICATED');
  expect((await get(text, 'in/first.txt')).status).toBe(200);
});

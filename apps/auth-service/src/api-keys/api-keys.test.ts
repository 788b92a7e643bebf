import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ApiKey,
  type ApiKeys,
  formatApiKey,
  type IssuedApiKey,
  newApiKeyId,
  parseApiKey,
  type SpaceAccess,
} from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, PeopleBench, type Person } from '../testing/people-bench.ts';

const PASSWORD = 'correct horse battery';

let directory: string;
let people: PeopleBench;
let root: Person;
let ann: Person;
let bob: Person;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-keys-'));
  people = await PeopleBench.open(directory);
  root = await people.person('root', ['admin']);
  ann = await people.person('ann');
  bob = await people.person('bob');
});
afterEach(async () => {
  await people[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const make = (as: Person, asked: object = {}): Promise<Answer> =>
  people.ask('POST /v1/me/keys', { as, body: { name: 'backup', verbs: ['read', 'write'], password: PASSWORD, ...asked } });
async function made(as: Person, asked: object = {}): Promise<IssuedApiKey> {
  const answer = await make(as, asked);
  expect(answer.status).toBe(201);
  return answer.body as unknown as IssuedApiKey;
}
const listed = async (as: Person, route = 'GET /v1/me/keys'): Promise<ApiKey[]> =>
  ((await people.ask(route, { as })).body as unknown as ApiKeys).keys;
const check = (text: string): Promise<Answer> => people.ask('POST /v1/keys/check', { body: { ...parseApiKey(text) } });
async function accessOf({ key }: IssuedApiKey, space: string): Promise<{ status: number; cuts: SpaceAccess['cuts'] }> {
  const { status, body } = await people.ask(`GET /v1/keys/${key.id}/spaces/${space}/access`);
  return { status, cuts: body.cuts };
}

describe('a key', () => {
  test('is shown whole once, and listed without its secret ever after', async () => {
    const { key, text } = await made(ann, { space: 'home-ann', folder: 'in/box', expiresInSeconds: 60 });
    expect(parseApiKey(text)?.id).toBe(key.id);
    expect(await listed(ann)).toEqual([
      {
        id: key.id,
        name: 'backup',
        space: 'home-ann',
        folder: 'in/box',
        verbs: ['read', 'write'],
        createdAt: '2030-01-01T00:00:00.000Z',
        expiresAt: '2030-01-01T00:01:00.000Z',
        lastUsedAt: null,
        isExpired: false,
      },
    ]);
    expect(JSON.stringify(await people.ask('GET /v1/me/keys', { as: ann }))).not.toContain(parseApiKey(text)?.secret);
  });

  test('speaks for its user, with a cut to its folder and verbs in its space alone', async () => {
    const issued = await made(ann, { space: 'home-ann', folder: 'in', verbs: ['read'] });
    expect(await check(issued.text)).toMatchObject({ status: 200, body: { userId: ann.userId } });
    await people.ask('PUT /v1/spaces/home-bob/grants', {
      as: bob,
      body: { folder: '', subject: { kind: 'user', name: 'ann' }, role: 'viewer' },
    });
    expect(await accessOf(issued, 'home-ann')).toEqual({ status: 200, cuts: [{ path: 'in', actions: ['read'] }] });
    expect((await accessOf(issued, 'home-bob')).status).toBe(404);
  });

  test('without a space is for all that its user has something in, and for nothing else', async () => {
    const issued = await made(ann);
    expect(await accessOf(issued, 'home-ann')).toEqual({ status: 200, cuts: [{ path: '', actions: ['read', 'write'] }] });
    expect((await accessOf(issued, 'home-bob')).status).toBe(404);
  });

  test('follows its space to another name', async () => {
    await people.ask('POST /v1/spaces', { as: root, body: { name: 'team', owner: 'ann' } });
    const issued = await made(ann, { space: 'team' });
    await people.ask('PATCH /v1/spaces/team', { as: ann, body: { name: 'crew' } });
    expect((await listed(ann))[0]?.space).toBe('crew');
    expect((await accessOf(issued, 'crew')).status).toBe(200);
  });
});

describe('nobody makes a key', () => {
  test('without the password', async () => {
    expect(await make(ann, { password: 'another one altogether' })).toMatchObject({ status: 401, body: { code: 'NS_BAD_CREDENTIALS' } });
    expect(await people.ask('POST /v1/me/keys', { body: { name: 'x', verbs: ['read'], password: PASSWORD } })).toMatchObject({
      status: 401,
    });
  });

  test.each<[string, object, number, string]>([
    ['for a space of others', { space: 'home-bob' }, 404, 'NS_NOT_FOUND'],
    ['for a space that is not there', { space: 'nowhere' }, 404, 'NS_NOT_FOUND'],
    ['for a folder of no space', { folder: 'in' }, 400, 'NS_BAD_REQUEST'],
    ['for a folder outside', { space: 'home-ann', folder: '../home-bob' }, 400, 'NS_BAD_PATH'],
    ['without a verb', { verbs: [] }, 400, 'NS_BAD_REQUEST'],
    ['to manage', { verbs: ['manage'] }, 400, 'NS_BAD_REQUEST'],
    ['that is over already', { expiresInSeconds: 0 }, 400, 'NS_BAD_REQUEST'],
    ['without a name', { name: '' }, 400, 'NS_BAD_REQUEST'],
    ['with spaces around its name', { name: ' x' }, 400, 'NS_BAD_REQUEST'],
    ['with a name that turns text around', { name: 'a\u202eb' }, 400, 'NS_BAD_REQUEST'],
    ['with a name of two lines', { name: 'a\nb' }, 400, 'NS_BAD_REQUEST'],
  ])('%s', async (_what, asked, status, code) => {
    expect(await make(ann, asked)).toMatchObject({ status, body: { code } });
    expect(await listed(ann)).toEqual([]);
  });

  test('under the name of another of his keys, while others may', async () => {
    await made(ann);
    expect(await make(ann)).toMatchObject({ status: 409, body: { code: 'NS_ALREADY_EXISTS' } });
    await made(bob);
  });

  test('beyond a hundred', async () => {
    const row = { folder: '', verbs: '["read"]', spaceId: null, createdAt: 1, expiresAt: null, lastUsedAt: null, nonce: '00' };
    for (let at = 0; at < 100; at += 1) {
      await people.bench.db
        .insertInto('apiKeys')
        .values({ ...row, id: newApiKeyId(), userId: ann.userId, name: `key ${at}` })
        .execute();
    }
    expect(await make(ann)).toMatchObject({ status: 409, body: { code: 'NS_CONFLICT' } });
  });
});

describe('a key is worth nothing', () => {
  const refused = { status: 401, body: { code: 'NS_UNAUTHENTICATED' } };

  test('when it is forged, in whatever part', async () => {
    const { text } = await made(ann);
    const secret = parseApiKey(text)?.secret ?? '';
    const other = (await made(bob)).text;
    const id = parseApiKey(text)?.id ?? newApiKeyId();
    for (const forged of [
      formatApiKey({ id, secret: parseApiKey(other)?.secret ?? '' }),
      formatApiKey({ id, secret: secret.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }),
      formatApiKey({ id, secret: '0'.repeat(64) }),
      formatApiKey({ id: newApiKeyId(), secret }),
    ])
      expect(await check(forged)).toMatchObject(refused);
    expect(await check(text)).toMatchObject({ status: 200 });
  });

  test('when it has expired by the clock of this service, which the list says until a month later', async () => {
    const issued = await made(ann, { expiresInSeconds: 60 });
    people.bench.clock.pass(59_999);
    expect(await check(issued.text)).toMatchObject({ status: 200 });
    people.bench.clock.pass(1);
    expect(await check(issued.text)).toMatchObject(refused);
    expect((await accessOf(issued, 'home-ann')).status).toBe(404);
    expect(await listed(ann)).toMatchObject([{ isExpired: true }]);
  });

  test('when its user ended it, or an admin did, and nobody else can', async () => {
    const [first, second] = [await made(ann), await made(ann, { name: 'other' })];
    for (const [as, route] of [
      [bob, `DELETE /v1/me/keys/${first.key.id}`],
      [bob, `DELETE /v1/keys/${first.key.id}`],
      [ann, `DELETE /v1/me/keys/${newApiKeyId()}`],
    ] as const)
      expect([403, 404]).toContain((await people.ask(route, { as })).status);
    expect((await people.ask(`DELETE /v1/me/keys/${first.key.id}`, { as: ann })).status).toBe(204);
    expect((await people.ask(`DELETE /v1/keys/${second.key.id}`, { as: root })).status).toBe(204);
    for (const issued of [first, second]) {
      expect(await check(issued.text)).toMatchObject(refused);
      expect((await accessOf(issued, 'home-ann')).status).toBe(404);
    }
    expect(await listed(ann)).toEqual([]);
  });

  test('while its user is disabled, and when he is deleted', async () => {
    const issued = await made(ann);
    await people.ask(`PATCH /v1/users/${ann.userId}`, { as: root, body: { isDisabled: true } });
    expect(await check(issued.text)).toMatchObject(refused);
    expect((await accessOf(issued, 'home-ann')).status).toBe(404);
    await people.ask(`PATCH /v1/users/${ann.userId}`, { as: root, body: { isDisabled: false } });
    expect(await check(issued.text)).toMatchObject({ status: 200 });
    await people.ask(`DELETE /v1/users/${ann.userId}`, { as: root, body: { reassignTo: bob.userId } });
    expect(await check(issued.text)).toMatchObject(refused);
  });
});

test('the last use is noted once a minute', async () => {
  const { text } = await made(ann);
  const lastUse = async (): Promise<string | null | undefined> => (await listed(ann))[0]?.lastUsedAt;
  await check(text);
  expect(await lastUse()).toBe('2030-01-01T00:00:00.000Z');
  people.bench.clock.pass(59_000);
  await check(text);
  expect(await lastUse()).toBe('2030-01-01T00:00:00.000Z');
  people.bench.clock.pass(1_000);
  await check(text);
  expect(await lastUse()).toBe('2030-01-01T00:01:00.000Z');
});

test('admins and auditors see whose keys there are', async () => {
  const { key } = await made(ann);
  const auditor = await people.person('audra', ['auditor']);
  for (const as of [root, auditor]) expect(await listed(as, `GET /v1/users/${ann.userId}/keys`)).toMatchObject([{ id: key.id }]);
  expect((await people.ask(`GET /v1/users/${ann.userId}/keys`, { as: bob })).status).toBe(403);
  expect((await people.ask(`DELETE /v1/keys/${key.id}`, { as: auditor })).status).toBe(403);
  expect((await people.ask(`GET /v1/users/${newApiKeyId()}/keys`, { as: root })).status).toBe(404);
});

test('keys do not survive the file that they are computed from, and are listed as expired then', async () => {
  const { text } = await made(ann);
  await people[Symbol.asyncDispose]();
  people = await PeopleBench.open(directory);
  expect(await check(text)).toMatchObject({ status: 200 });
  await people[Symbol.asyncDispose]();
  rmSync(join(directory, 'api-keys.key'));
  people = await PeopleBench.open(directory);
  expect(await check(text)).toMatchObject({ status: 401 });
  expect(await listed(ann)).toMatchObject([{ isExpired: true }]);
});

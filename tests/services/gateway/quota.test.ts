import type { EntriesPage, Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../support/gateway.ts';

const FILE_BYTES = 10_000;
const FILES_THAT_FIT = 20;
const PARALLEL = 50;

let gateway: Gateway;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  token = await gateway.signIn();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const send = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const put = (space: string, name: string, bytes: number): Promise<Response> =>
  fetch(`${gateway.url}/api/v1/spaces/${space}/files/${name}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: Buffer.alloc(bytes, name),
  });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

describe('a quota of a space', () => {
  const bytesMax = FILES_THAT_FIT * FILE_BYTES + FILE_BYTES - 1;

  test('is exact under 50 uploads side by side', async () => {
    expect((await send('POST', '/spaces', { name: 'small', owner: 'admin', bytesMax })).status).toBe(201);
    const answers = await Promise.all(Array.from({ length: PARALLEL }, (_, at) => put('small', `file-${at}`, FILE_BYTES)));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(answers.length - refused.length).toBe(FILES_THAT_FIT);
    expect(new Set(await Promise.all(refused.map(codeOf)))).toEqual(new Set(['NS_QUOTA_EXCEEDED']));
    const page = (await (await send('GET', '/spaces/small/entries?limit=1000')).json()) as EntriesPage;
    expect(page.entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(FILES_THAT_FIT * FILE_BYTES);
  });

  test('has room again after a purge', async () => {
    const [file] = ((await (await send('GET', '/spaces/small/entries?limit=1')).json()) as EntriesPage).entries;
    const gone = await send('DELETE', `/spaces/small/files/${file?.name}`);
    expect(await codeOf(await put('small', 'again', FILE_BYTES))).toBe('NS_QUOTA_EXCEEDED');
    await send('POST', '/spaces/small/operations', { kind: 'purge', trashIds: [gone.headers.get('x-netstore-trash-id')] });
    expect((await put('small', 'again', FILE_BYTES)).status).toBe(201);
  });

  test('holds for copies, and what is larger than all of it is refused before its bytes flow', async () => {
    expect(await codeOf(await send('POST', '/spaces/small/operations', { kind: 'copy', from: 'again', to: 'copied' }))).toBe(
      'NS_QUOTA_EXCEEDED',
    );
    expect(await codeOf(await put('small', 'large', bytesMax + 1))).toBe('NS_QUOTA_EXCEEDED');
  });

  test('that is taken away is none, at once', async () => {
    expect((await send('PATCH', '/spaces/small', { bytesMax: null })).status).toBe(200);
    expect((await put('small', 'one-more', FILE_BYTES)).status).toBe(201);
  });
});

describe('a quota of an owner', () => {
  test('is about all of his spaces together', async () => {
    const me = (await (await send('GET', '/me')).json()) as { user: { id: string } };
    for (const name of ['one', 'two']) expect((await send('POST', '/spaces', { name, owner: 'admin' })).status).toBe(201);
    const used = (FILES_THAT_FIT + 1) * FILE_BYTES;
    expect((await send('PUT', `/users/${me.user.id}/quota`, { bytesMax: used + 2 * FILE_BYTES })).status).toBe(204);
    expect([(await put('one', 'a', FILE_BYTES)).status, (await put('two', 'a', FILE_BYTES)).status]).toEqual([201, 201]);
    expect(await codeOf(await put('home-admin', 'a', FILE_BYTES))).toBe('NS_QUOTA_EXCEEDED');
    const said = async (path: string): Promise<unknown> => ((await (await send('GET', path)).json()) as { usedBytes: unknown }).usedBytes;
    const owned = used + 2 * FILE_BYTES;
    await expect.poll(() => said(`/users/${me.user.id}/quota`), { timeout: 10_000 }).toBe(owned);
    expect([await said('/me'), await said('/spaces/one')]).toEqual([owned, FILE_BYTES]);
  });
});

/** The trash through the public API, with real nodes behind it. */
import type { Entry, Problem, PurgeResult, TrashEntry, TrashPage } from '@netstore/shared-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../support/gateway.ts';

const SPACE = '/api/v1/spaces/home-admin';

let gateway: Gateway;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  token = await gateway.signIn();
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(gateway.url + SPACE + path, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
  });
const operate = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  ask('/operations', { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } });
const trash = async (): Promise<readonly TrashEntry[]> => ((await (await ask('/trash')).json()) as TrashPage).entries;
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

async function store(path: string, body: string): Promise<void> {
  expect((await ask(`/files/${path}`, { method: 'PUT', body })).status).toBe(201);
}

/** Deletes, and gives what the trash says of it. */
async function remove(path: string): Promise<TrashEntry> {
  expect((await ask(`/files/${path}`, { method: 'DELETE' })).status).toBe(204);
  const [newest] = await trash();
  expect(newest?.path).toBe(path);
  return newest as TrashEntry;
}

test('what was deleted is in the trash, is restored with all its versions, and is gone after a purge', async () => {
  await store('docs/a.txt', 'first');
  await store('docs/a.txt', 'second');
  await store('docs/b.txt', 'other');
  const deleted = await remove('docs');
  expect(deleted).toMatchObject({ kind: 'folder', name: 'docs', sizeBytes: 16 });
  expect(Date.parse(deleted.purgeAt) - Date.parse(deleted.deletedAt)).toBe(30 * 86_400_000);
  expect((await ask('/files/docs/a.txt')).status).toBe(404);

  const restored = await operate({ kind: 'restore', trashId: deleted.id });
  expect([restored.status, ((await restored.json()) as Entry).path]).toEqual([200, 'docs']);
  expect(await (await ask('/files/docs/a.txt')).text()).toBe('second');

  const again = await remove('docs');
  expect(again.id).not.toBe(deleted.id);
  expect((await (await operate({ kind: 'purge', trashIds: [deleted.id] })).json()) as PurgeResult).toMatchObject({ entries: 0 });
  expect((await (await operate({ kind: 'purge', trashIds: [again.id] })).json()) as PurgeResult).toEqual({
    entries: 1,
    files: 2,
    versions: 3,
    sizeBytes: 16,
    isComplete: true,
  });
  expect(await trash()).toEqual([]);
  expect(await codeOf(await operate({ kind: 'restore', trashId: again.id }))).toBe('NS_NOT_FOUND');
});

test('restoring and purging happen once under one key, and get the first answer again', async () => {
  await store('once', 'x');
  const { id } = await remove('once');
  const restore = (): Promise<Response> => operate({ kind: 'restore', trashId: id }, { 'idempotency-key': 'restore' });
  expect([(await restore()).status, (await restore()).status]).toEqual([200, 200]);
  const gone = await remove('once');
  const purge = async (): Promise<unknown> =>
    (await operate({ kind: 'purge', trashIds: [gone.id] }, { 'idempotency-key': 'purge' })).json();
  const first = await purge();
  expect(first).toMatchObject({ entries: 1, sizeBytes: 1 });
  expect(await purge()).toEqual(first);
});

test('old versions can be purged one by one, the current one cannot', async () => {
  const versions: string[] = [];
  for (const body of ['one', 'two', 'three']) {
    versions.push(((await (await ask('/files/versions', { method: 'PUT', body })).json()) as Entry).version ?? '');
  }
  const purged = await operate({ kind: 'purge-versions', path: 'versions', versions });
  expect((await purged.json()) as PurgeResult).toMatchObject({ versions: 2, sizeBytes: 6 });
  expect(await (await ask('/files/versions')).text()).toBe('three');
  expect((await ask(`/files/versions?version=${versions[0]}`)).status).toBe(404);
});

test('a restore never replaces what came in the meantime unless it is asked to', async () => {
  await store('same', 'old');
  const { id } = await remove('same');
  await store('same', 'new');
  expect(await codeOf(await operate({ kind: 'restore', trashId: id }))).toBe('NS_ALREADY_EXISTS');
  const beside = await operate({ kind: 'restore', trashId: id, ifExists: 'keep-both' });
  expect(((await beside.json()) as Entry).path).toBe('same (2)');
  expect(await (await ask('/files/same')).text()).toBe('new');
});

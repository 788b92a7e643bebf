/** What a program may do with an API key: no more than its verbs, in its folder. */
import { type EntriesPage, formatApiKey, type Problem, type Ticket, type TrashPage } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeKey } from '../testing/fake-auth.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

const SPACE = '/api/v1/spaces/home-alice';

let bench: GatewayBench;
let all: FakeKey;
let reader: FakeKey;
let adder: FakeKey;
let dropper: FakeKey;
beforeAll(async () => {
  bench = await GatewayBench.start();
  for (const path of ['mine', 'mine/deep', 'mine beside', 'other']) await bench.operate('home-alice', { kind: 'make-folder', path });
  for (const path of ['mine/a.txt', 'mine/deep/b.txt', 'mine beside/c.txt', 'root.txt'])
    await bench.fetch(`${SPACE}/files/${path}`, { method: 'PUT', body: 'x' });
  all = bench.auth.key(bench.alice, { path: 'mine', actions: ['read', 'write', 'delete'] });
  reader = bench.auth.key(bench.alice, { path: 'mine', actions: ['read'] });
  adder = bench.auth.key(bench.alice, { path: 'mine', actions: ['read', 'write'] });
  dropper = bench.auth.key(bench.alice, { path: 'mine', actions: ['write'] });
});
afterAll(() => bench[Symbol.asyncDispose]());

const ask = (key: FakeKey, path: string, init: RequestInit = {}): Promise<Response> =>
  bench.fetch(path, { ...init, headers: { ...(init.headers as Record<string, string> | undefined), authorization: `Bearer ${key.text}` } });
const put = (key: FakeKey, path: string, body = 'x', headers = {}) => ask(key, `${SPACE}/files/${path}`, { method: 'PUT', body, headers });
const remove = (key: FakeKey, path: string) => ask(key, `${SPACE}/files/${path}`, { method: 'DELETE' });
const operate = (key: FakeKey, operation: object): Promise<Response> =>
  ask(key, `${SPACE}/operations`, { method: 'POST', body: JSON.stringify(operation), headers: { 'content-type': 'application/json' } });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;
const namesIn = async (key: FakeKey, folder: string): Promise<string[]> =>
  ((await (await ask(key, `${SPACE}/entries?folder=${folder}`)).json()) as EntriesPage).entries.map(({ name }) => name).sort();

describe('a key for a folder', () => {
  test('walks to it and sees nothing beside the way', async () => {
    expect(await namesIn(all, '')).toEqual(['mine']);
    expect(await namesIn(all, 'mine')).toEqual(['a.txt', 'deep']);
    for (const path of ['root.txt', 'mine beside/c.txt', 'other', 'missing']) {
      for (const route of ['files', 'entries']) expect(await codeOf(await ask(all, `${SPACE}/${route}/${path}`))).toBe('NS_NOT_FOUND');
      expect((await put(all, path)).status).toBe(404);
      expect((await remove(all, path)).status).toBe(404);
    }
  });

  test('puts, reads and deletes there, in the name of its user', async () => {
    expect((await put(all, 'mine/new/n.txt', 'hello')).status).toBe(201);
    expect(await (await ask(all, `${SPACE}/files/mine/new/n.txt`)).text()).toBe('hello');
    expect((await remove(all, 'mine/new/n.txt')).status).toBe(204);
    const { entries } = (await (await ask(all, `${SPACE}/trash`)).json()) as TrashPage;
    expect(entries).toMatchObject([{ path: 'mine/new/n.txt', deletedBy: bench.alice.userId }]);
    expect((await operate(all, { kind: 'restore', trashId: entries[0]?.id })).status).toBe(200);
  });

  test('takes nothing out of it and brings nothing into it', async () => {
    expect((await operate(all, { kind: 'move', from: 'mine/a.txt', to: 'other/a.txt' })).status).toBe(404);
    expect((await operate(all, { kind: 'copy', from: 'root.txt', to: 'mine/root.txt' })).status).toBe(404);
    expect((await operate(all, { kind: 'move', from: 'mine', to: 'mine too' })).status).toBe(404);
    const beside = { kind: 'copy', from: 'mine/deep', to: 'mine', ifExists: 'keep-both' };
    expect((await operate(all, beside)).status).toBe(403);
  });

  test('knows no other space', async () => {
    expect((await ask(all, '/api/v1/spaces/shared/entries')).status).toBe(404);
  });
});

describe('the verbs', () => {
  test('of a key that reads let nothing be changed', async () => {
    expect((await ask(reader, `${SPACE}/files/mine/a.txt`)).status).toBe(200);
    expect((await put(reader, 'mine/a.txt')).status).toBe(403);
    expect((await remove(reader, 'mine/a.txt')).status).toBe(403);
    expect((await operate(reader, { kind: 'make-folder', path: 'mine/f' })).status).toBe(403);
  });

  test('of a key that adds let nothing go away: no delete, no move, no replacing, no purge', async () => {
    expect((await put(adder, 'mine/kept.txt', 'one')).status).toBe(201);
    expect((await put(adder, 'mine/kept.txt', 'two')).status).toBe(201);
    expect((await operate(adder, { kind: 'copy', from: 'mine/kept.txt', to: 'mine/copy.txt' })).status).toBe(200);
    expect((await remove(adder, 'mine/kept.txt')).status).toBe(403);
    expect((await operate(adder, { kind: 'move', from: 'mine/kept.txt', to: 'mine/gone.txt' })).status).toBe(403);
    const replacing = { kind: 'copy', from: 'mine/copy.txt', to: 'mine/kept.txt', ifExists: 'replace' };
    expect((await operate(adder, replacing)).status).toBe(403);
    expect((await operate(adder, { kind: 'purge-versions', path: 'mine/kept.txt', versions: ['1'] })).status).toBe(403);
    const trashed = await remove(all, 'mine/copy.txt');
    const trashIds = [trashed.headers.get('x-netstore-trash-id')];
    expect((await operate(adder, { kind: 'purge', trashIds })).status).toBe(403);
    expect((await operate(adder, { kind: 'restore', trashId: trashIds[0] })).status).toBe(200);
  });

  test('of a key that only writes show no file, whether one is there or not', async () => {
    expect((await put(dropper, 'mine/dropped.txt')).status).toBe(201);
    expect(await namesIn(dropper, 'mine')).not.toContain('dropped.txt');
    for (const path of ['mine/dropped.txt', 'mine/missing.txt']) {
      expect((await ask(dropper, `${SPACE}/files/${path}`)).status).toBe(403);
      expect((await ask(dropper, `${SPACE}/entries/${path}`)).status).toBe(404);
    }
  });

  test('do not reach the rules of a folder, which would have to follow it', async () => {
    await put(all, 'mine/ruled/x');
    await operate(all, { kind: 'move', from: 'mine/ruled', to: 'mine/carried' });
    expect(bench.auth.ruleMoves.at(-1)).toMatchObject({ from: 'mine/ruled', mayManage: false });
  });
});

describe('beside its user', () => {
  test('a key has idempotency keys of its own', async () => {
    const headers = { 'idempotency-key': 'one' };
    const byPerson = await bench.fetch(`${SPACE}/files/mine/same.txt`, { method: 'PUT', body: 'a', headers });
    const byKey = await put(all, 'mine/same.txt', 'b', headers);
    const byOther = await put(adder, 'mine/same.txt', 'c', headers);
    expect([byPerson.status, byKey.status, byOther.status]).toEqual([201, 201, 201]);
    expect(new Set([byPerson, byKey, byOther].map((answer) => answer.headers.get('etag'))).size).toBe(3);
    const again = await put(all, 'mine/same.txt', 'b', headers);
    expect(again.headers.get('etag')).toBe(byKey.headers.get('etag'));
  });

  test('a ticket that a key asked for ends with the key', async () => {
    const passing = bench.auth.key(bench.alice, { path: 'mine', actions: ['read'] });
    const body = JSON.stringify({ path: 'mine/a.txt', disposition: 'inline' });
    const headers = { 'content-type': 'application/json' };
    const { url } = (await (await ask(passing, `${SPACE}/tickets`, { method: 'POST', body, headers })).json()) as Ticket;
    expect((await fetch(bench.url + url)).status).toBe(200);
    bench.auth.endKey(passing);
    bench.auth.announce({ kind: 'user', userId: bench.alice.userId });
    const both = async (): Promise<number[]> => [(await fetch(bench.url + url)).status, (await ask(passing, `${SPACE}/entries`)).status];
    await expect.poll(both, { timeout: 2_000, interval: 20 }).toEqual([404, 401]);
  });

  test('a key that nobody made is refused everywhere', async () => {
    const other = formatApiKey({ id: all.id, secret: 'cd'.repeat(32) });
    for (const presented of [other, `${other.slice(0, -8)}00000000`, all.text.slice(0, -1)]) {
      const forged = { ...all, text: presented };
      expect((await ask(forged, `${SPACE}/entries`)).status).toBe(401);
      expect((await ask(forged, '/api/v1/me')).status).toBe(401);
    }
  });
});

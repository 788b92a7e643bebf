import { randomBytes } from 'node:crypto';
import type { Cluster, Entry, NodeId, Problem, Ticket } from '@netstore/shared-types';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FileClient } from '../../support/file-client.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { COUNTED_MEMORY, isMemoryCounted, memoryGrowth } from '../../support/memory.ts';
import { needs } from '../../support/needs.ts';
import { sha256OfSeeded } from '../../support/seeded-bytes.ts';
import { scaled } from '../../support/test-scale.ts';
import { waitUntil } from '../../support/wait-until.ts';

const MIB = 1024 * 1024;
const LARGE_BYTES = scaled({ full: 512 * MIB, brief: 256 * MIB });
/** Twice what the gateway keeps for uploads, in all. */
const PARALLEL_BYTES = 8 * MIB;
const SPACE = '/api/v1/spaces/home-admin';

let gateway: Gateway;
let token: string;
let client: FileClient;
beforeAll(async () => {
  gateway = await startGateway();
  token = await gateway.signIn();
  client = await gateway.client();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(gateway.url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) } });
const postJson = (path: string, body: object): Promise<Response> =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

describe('a file', () => {
  test('goes onto the nodes and comes back, whole and in parts', async () => {
    const file = { path: 'films/one.bin', seed: 'one', sizeBytes: 20 * MIB + 17 };
    const { status, replicas } = await client.upload(file);
    expect([status, replicas]).toEqual([201, expect.stringMatching(/^[123]\/3$/)]);
    expect(await client.download(file.path)).toEqual({ status: 200, sha256: sha256OfSeeded(file.seed, file.sizeBytes) });
    const [whole, part] = await Promise.all([
      ask(`${SPACE}/files/${file.path}`).then((answer) => answer.bytes()),
      ask(`${SPACE}/files/${file.path}`, { headers: { range: 'bytes=8388600-8388700' } }).then((answer) => answer.bytes()),
    ]);
    expect(Buffer.from(part).equals(whole.subarray(8_388_600, 8_388_701))).toBe(true);
    await waitUntil('all three nodes hold it', 10_000, async () => (await client.entry(file.path))?.replicas?.durable === 3);
  });

  test('is listed, moved with its folder, copied, seen by ticket and deleted', async () => {
    await ask(`${SPACE}/files/a/b/c.txt`, { method: 'PUT', body: 'text' });
    expect((await postJson(`${SPACE}/operations`, { kind: 'move', from: 'a', to: 'moved' })).status).toBe(200);
    expect((await postJson(`${SPACE}/operations`, { kind: 'copy', from: 'moved', to: 'copied' })).status).toBe(200);
    expect((await client.entries('moved/b')).entries.map(({ path }) => path)).toEqual(['moved/b/c.txt']);
    const { url } = (await (await postJson(`${SPACE}/tickets`, { path: 'copied/b/c.txt', disposition: 'inline' })).json()) as Ticket;
    expect(await client.remove('moved')).toBe(204);
    expect(await client.entry('moved/b/c.txt')).toBeUndefined();
    expect(await (await fetch(gateway.url + url)).text()).toBe('text');
  });

  test('has versions, and conditions of HTTP decide between them', async () => {
    const first = (await (await ask(`${SPACE}/files/versions`, { method: 'PUT', body: 'one' })).json()) as Entry;
    expect((await ask(`${SPACE}/files/versions`, { method: 'PUT', body: 'x', headers: { 'if-none-match': '*' } })).status).toBe(412);
    const matching = { method: 'PUT', body: 'two', headers: { 'if-match': `"${first.version}"` } };
    expect((await ask(`${SPACE}/files/versions`, matching)).status).toBe(201);
    expect((await ask(`${SPACE}/files/versions`, matching)).status).toBe(412);
    expect(await (await ask(`${SPACE}/files/versions?version=${first.version}`)).text()).toBe('one');
    expect((await client.entry('versions'))?.versions).toHaveLength(2);
  });

  test('is stored once under one key, however often it is sent', async () => {
    const send = (body: string): Promise<Response> =>
      ask(`${SPACE}/files/keyed`, { method: 'PUT', body, headers: { 'idempotency-key': 'one' } });
    const versions = await Promise.all([1, 2, 3].map(async () => ((await (await send('same')).json()) as Entry).version));
    expect(new Set(versions).size).toBe(1);
    expect(await codeOf(await send('other'))).toBe('NS_OPERATION_ID_REUSED');
    expect((await client.entry('keyed'))?.versions).toHaveLength(1);
  });

  test('comes in forms, many at a time', async () => {
    const form = new FormData();
    form.append('folder', 'formed');
    const contents = Array.from({ length: 40 }, () => randomBytes(5_000));
    for (const [index, content] of contents.entries()) form.append('file', new Blob([content]), `f${index}`);
    const answer = await ask(`${SPACE}/files`, { method: 'POST', body: form });
    expect(answer.status).toBe(201);
    const got = await Promise.all(contents.map((_, index) => ask(`${SPACE}/files/formed/f${index}`).then((each) => each.bytes())));
    expect(got.every((bytes, index) => contents[index]?.equals(bytes))).toBe(true);
  });
});

describe('bad input', () => {
  test.each([
    ['PUT', `${SPACE}/files/a%2f..%2fb`, { body: 'x' }, 400, 'NS_BAD_PATH'],
    ['PUT', `${SPACE}/files/${'n'.repeat(256)}`, { body: 'x' }, 400, 'NS_BAD_PATH'],
    ['PUT', `${SPACE}/files/x`, { body: 'x', headers: { 'repr-digest': `sha-256=:${'A'.repeat(43)}=:` } }, 400, 'NS_DIGEST_MISMATCH'],
    ['PUT', `${SPACE}/files/films`, { body: 'x' }, 409, 'NS_PATH_IS_FOLDER'],
    ['PUT', `${SPACE}/files/films/one.bin/below`, { body: 'x' }, 409, 'NS_PATH_IS_FILE'],
    ['GET', `${SPACE}/files/films`, {}, 409, 'NS_PATH_IS_FOLDER'],
    ['GET', `${SPACE}/files/films/one.bin`, { headers: { range: 'bytes=99999999-' } }, 416, 'NS_RANGE_NOT_SATISFIABLE'],
    ['GET', `${SPACE}/entries?folder=films&cursor=x`, {}, 400, 'NS_BAD_CURSOR'],
    ['GET', `${SPACE}/entries?colour=red`, {}, 400, 'NS_BAD_REQUEST'],
    ['GET', '/api/v1/spaces/home-other/entries', {}, 404, 'NS_NOT_FOUND'],
    ['GET', '/api/v1/nothing', {}, 404, 'NS_NOT_FOUND'],
    ['PATCH', '/api/v1/me', {}, 405, 'NS_METHOD_NOT_ALLOWED'],
  ] as [string, string, RequestInit, number, string][])('%s %s %j is refused with %i %s', async (...[method, path, init, status, code]) => {
    const answer = await ask(path, { ...init, method });
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

describe('large files', () => {
  test('cost the gateway little memory, one way and the other', async (context) => {
    needs(context, COUNTED_MEMORY, isMemoryCounted);
    const file = { path: 'large.bin', seed: 'large', sizeBytes: LARGE_BYTES };
    const upload = await memoryGrowth({ gateway: gateway.pid }, async () => {
      expect((await client.upload(file)).status).toBe(201);
    });
    const download = await memoryGrowth({ gateway: gateway.pid }, async () => {
      expect((await client.download(file.path)).sha256).toBe(sha256OfSeeded(file.seed, file.sizeBytes));
    });
    expect(upload.gateway).toBeLessThan(200 * MIB);
    expect(download.gateway).toBeLessThan(200 * MIB);
  });

  test('32 at a time stay within the declared budget', async (context) => {
    needs(context, COUNTED_MEMORY, isMemoryCounted);
    const files = Array.from({ length: 32 }, (_, index) => ({ path: `many/${index}`, seed: `many-${index}`, sizeBytes: PARALLEL_BYTES }));
    const growth = await memoryGrowth({ gateway: gateway.pid }, async () => {
      const results = await Promise.all(files.map((file) => client.upload(file)));
      expect(results.map(({ status }) => status)).toEqual(files.map(() => 201));
    });
    expect(growth.gateway).toBeLessThan(300 * MIB);
    const digests = await Promise.all(files.map(({ path }) => client.download(path)));
    expect(digests.map(({ sha256 }) => sha256)).toEqual(files.map(({ seed, sizeBytes }) => sha256OfSeeded(seed, sizeBytes)));
  });
});

describe('while a node is gone', () => {
  const first = 'node-1' as NodeId;
  const second = 'node-2' as NodeId;
  /** Whatever a test did, the next one finds three running nodes that hold everything. */
  afterEach(async () => {
    for (const id of gateway.nodes.ids) if ((await gateway.nodes.status(id)) === undefined) gateway.nodes.start(id);
    await gateway.nodes.untilReady();
  });

  test('uploads that have begun succeed with two copies, and reads go on', async () => {
    const file = { path: 'two-copies.bin', seed: 'two', sizeBytes: 40 * MIB };
    const uploading = client.upload(file, { bytesPerSecond: 20 * MIB });
    await gateway.nodes.kill(second);
    const { status, replicas } = await uploading;
    expect([status, replicas]).toEqual([201, expect.stringMatching(/^[12]\/3$/)]);
    // What a busy node has acknowledged is counted when it was heard of again.
    await waitUntil('two copies are known', 10_000, async () => (await client.entry(file.path))?.replicas?.durable === 2);
    expect((await client.download(file.path)).sha256).toBe(sha256OfSeeded(file.seed, file.sizeBytes));
    const cluster = (await (await ask('/api/v1/cluster')).json()) as Cluster;
    expect(cluster.nodes.map(({ role }) => role)).toEqual(['primary', 'unreachable', 'secondary']);
    expect(cluster.nodes.some(({ isSafeToStop }) => isSafeToStop)).toBe(false);
  });

  test('the next one orders the writes when the primary is gone, and the gateway finds it', async () => {
    await gateway.nodes.kill(first);
    const answer = await ask(`${SPACE}/files/after-the-primary`, { method: 'PUT', body: 'x' });
    expect([answer.status, answer.headers.get('x-netstore-replicas')]).toEqual([201, '2/3']);
    const { primary, nodes } = (await (await ask('/api/v1/cluster')).json()) as Cluster;
    expect(primary).not.toBe(first);
    expect(nodes.find(({ id }) => id === primary)?.role).toBe('primary');
    expect((await ask(`${SPACE}/files/never-heard-of`)).status).toBe(404);
  });

  test('without a majority reads may be old and say so, and writes are unknown until there is one', async () => {
    const written = await ask(`${SPACE}/files/known`, { method: 'PUT', body: 'known' });
    const token = written.headers.get('x-netstore-version') ?? '';
    await waitUntil('all nodes know it', 10_000, async () => (await client.entry('known'))?.replicas?.durable === 3);
    await Promise.all([gateway.nodes.kill(first), gateway.nodes.kill(second)]);
    const read = await ask(`${SPACE}/files/known`);
    expect([read.status, read.headers.get('x-netstore-stale'), await read.text()]).toEqual([200, 'possibly', 'known']);
    const own = await ask(`${SPACE}/files/known`, { headers: { 'x-netstore-version': token } });
    expect([own.status, own.headers.get('x-netstore-stale'), await own.text()]).toEqual([200, null, 'known']);
    const send = (): Promise<Response> =>
      ask(`${SPACE}/files/unknown`, { method: 'PUT', body: 'x', headers: { 'idempotency-key': 'unknown' } });
    const [unheard, unknown] = await Promise.all([ask(`${SPACE}/files/never-heard-of`), send()]);
    expect(unheard.status).toBe(503);
    expect(unknown.status).toBeGreaterThanOrEqual(500);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    gateway.nodes.start(first);
    await waitUntil('there is a majority again', 20_000, async () => (await fetch(`${gateway.url}/readyz`)).ok);
    expect((await send()).status).toBe(201);
    expect((await client.entry('unknown'))?.versions).toHaveLength(1);
  });
});

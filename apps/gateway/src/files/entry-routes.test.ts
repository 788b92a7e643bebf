import type { EntriesPage, Entry, EntryDetail, Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';

const SPACE = '/api/v1/spaces/home-alice';

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
  for (const name of ['list/a', 'list/b', 'list/c', 'list/d', 'list/e']) expect((await put(name)).status).toBe(201);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const put = (path: string, body = 'x'): Promise<Response> => bench.fetch(`${SPACE}/files/${path}`, { method: 'PUT', body });
const list = (query: string): Promise<Response> => bench.fetch(`${SPACE}/entries?${query}`);
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;
const operate = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  bench.fetch(`${SPACE}/operations`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('a listing', () => {
  test('is walked page by page to its end', async () => {
    await operate({ kind: 'make-folder', path: 'list' });
    const names: string[] = [];
    let cursor = '';
    do {
      const page = (await (await list(`folder=list&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)).json()) as EntriesPage;
      expect(page.entries.length).toBeLessThanOrEqual(2);
      names.push(...page.entries.map(({ name }) => name));
      cursor = page.nextCursor ?? '';
    } while (cursor !== '');
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('takes no cursor of another listing', async () => {
    const { nextCursor } = (await (await list('folder=list&limit=2')).json()) as EntriesPage;
    expect((await list(`folder=list&limit=3&cursor=${nextCursor}`)).status).toBe(200);
    for (const query of [
      `folder=&cursor=${nextCursor}`,
      `folder=list&sort=sizeBytes&cursor=${nextCursor}`,
      `folder=list&order=desc&cursor=${nextCursor}`,
    ]) {
      expect(await codeOf(await list(query))).toBe('NS_BAD_CURSOR');
    }
    const [first = ''] = nextCursor ?? '';
    const changed = `${first === 'A' ? 'B' : 'A'}${nextCursor?.slice(1)}`;
    for (const cursor of ['x', changed, `${nextCursor}!`, nextCursor?.slice(0, 22), 'a'.repeat(2048)]) {
      expect(await codeOf(await list(`folder=list&cursor=${cursor}`))).toBe('NS_BAD_CURSOR');
    }
  });

  test.each([
    ['limit=0', 'NS_BAD_REQUEST'],
    ['limit=1001', 'NS_BAD_REQUEST'],
    ['limit=ten', 'NS_BAD_REQUEST'],
    ['sort=colour', 'NS_BAD_REQUEST'],
    ['order=up', 'NS_BAD_REQUEST'],
    ['colour=red', 'NS_BAD_REQUEST'],
    ['folder=..', 'NS_BAD_PATH'],
    ['folder=/list', 'NS_BAD_PATH'],
    ['folder=list/', 'NS_BAD_PATH'],
    ['folder=list%00', 'NS_BAD_PATH'],
    ['folder=nowhere', 'NS_NOT_FOUND'],
    [`cursor=${'a'.repeat(2049)}`, 'NS_BAD_REQUEST'],
  ])('is refused for %s', async (query, code) => {
    expect(await codeOf(await list(query))).toBe(code);
  });

  test('of an empty space is empty, not missing', async () => {
    const dora = bench.auth.person('dora');
    const answer = await bench.fetch('/api/v1/spaces/home-dora/entries', { person: dora });
    expect(await answer.json()).toEqual({ entries: [], nextCursor: null });
  });
});

describe('the detail of an entry', () => {
  test('shows versions and every copy', async () => {
    const first = (await (await put('detailed', 'one')).json()) as Entry;
    const second = (await (await put('detailed', 'other')).json()) as Entry;
    const detail = (await (await bench.fetch(`${SPACE}/entries/detailed`)).json()) as EntryDetail;
    expect(detail.versions.map(({ version, isCurrent }) => [version, isCurrent])).toEqual([
      [second.version, true],
      [first.version, false],
    ]);
    const verifiedAt = new Date(1_750_000_000_000).toISOString();
    expect(detail.replicas).toEqual({
      durable: 3,
      total: 3,
      nodes: ['node-1', 'node-2', 'node-3'].map((node) => ({ node, state: 'held', verifiedAt })),
    });
  });

  test('does not wait for a node that is silent, and does not count it', async () => {
    await put('lone', 'x');
    bench.node(2).blobs.clear();
    bench.node(1).before = ({ name }) => (name === 'GET_HOLDINGS' ? new Promise(() => undefined) : undefined);
    const startedAtMs = performance.now();
    const detail = (await (await bench.fetch(`${SPACE}/entries/lone`)).json()) as EntryDetail;
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    expect(detail.replicas?.nodes.map(({ state }) => state)).toEqual(['held', 'unknown', 'copying']);
    expect(detail.replicas?.durable).toBe(1);
    bench.resetNodes();
  });

  test('of a folder has neither, and of nothing is nothing', async () => {
    await operate({ kind: 'make-folder', path: 'plain' });
    expect(await (await bench.fetch(`${SPACE}/entries/plain`)).json()).toMatchObject({
      kind: 'folder',
      replicas: null,
      versions: [],
      version: null,
    });
    expect(await codeOf(await bench.fetch(`${SPACE}/entries/nothing`))).toBe('NS_NOT_FOUND');
  });
});

describe('operations', () => {
  test('move, copy and make folders', async () => {
    await put('from', 'content');
    expect(await (await operate({ kind: 'move', from: 'from', to: 'moved' })).json()).toMatchObject({ path: 'moved', kind: 'file' });
    expect((await operate({ kind: 'copy', from: 'moved', to: 'copied' })).status).toBe(200);
    expect(await (await bench.fetch(`${SPACE}/files/copied`)).text()).toBe('content');
    expect(await codeOf(await operate({ kind: 'move', from: 'from', to: 'x' }))).toBe('NS_NOT_FOUND');
    expect(await codeOf(await operate({ kind: 'copy', from: 'moved', to: 'copied' }))).toBe('NS_ALREADY_EXISTS');
    expect(await codeOf(await operate({ kind: 'make-folder', path: 'moved' }))).toBe('NS_ALREADY_EXISTS');
  });

  test('happen once however often they are sent with one key', async () => {
    await put('once', 'content');
    const key = { 'idempotency-key': 'move-1' };
    expect((await operate({ kind: 'move', from: 'once', to: 'twice' }, key)).status).toBe(200);
    expect((await operate({ kind: 'move', from: 'once', to: 'twice' }, key)).status).toBe(200);
    expect(await codeOf(await operate({ kind: 'move', from: 'once', to: 'thrice' }, key))).toBe('NS_OPERATION_ID_REUSED');
  });

  test.each([
    [{ kind: 'explode', path: 'x' }],
    [{ kind: 'move', from: 'x' }],
    [{ kind: 'move', from: 'x', to: 'y', ifExists: 'maybe' }],
    [{ kind: 'make-folder', path: 'x', more: true }],
    [{ kind: 'make-folder', path: 7 }],
    [{}],
    [[]],
    ['text'],
  ])('are refused when they are %j', async (body) => {
    expect(await codeOf(await operate(body as object))).toBe('NS_BAD_REQUEST');
  });

  test.each([
    [{ kind: 'move', from: '../x', to: 'y' }],
    [{ kind: 'copy', from: 'x', to: 'a//b' }],
    [{ kind: 'make-folder', path: '' }],
    [{ kind: 'make-folder', path: 'a\u0000b' }],
  ])('are refused for the path in %j', async (body) => {
    expect(await codeOf(await operate(body))).toBe('NS_BAD_PATH');
  });

  test('delete what is there, and what is not', async () => {
    await put('doomed');
    const remove = (path: string, headers: Record<string, string> = {}): Promise<number> =>
      bench.fetch(`${SPACE}/files/${path}`, { method: 'DELETE', headers }).then(({ status }) => status);
    expect(await remove('doomed', { 'if-match': '"zz"' })).toBe(412);
    expect(await remove('doomed')).toBe(204);
    expect(await remove('doomed')).toBe(204);
    expect(await remove('never-there')).toBe(204);
    expect((await bench.fetch(`${SPACE}/files/doomed`)).status).toBe(404);
  });
});

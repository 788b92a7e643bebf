import type { Entry, EntryDetail, Problem, PurgeResult, TrashPage } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';

const SPACE = '/api/v1/spaces/home-alice';
const DAY_MS = 86_400_000;

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const put = (path: string, body = 'x'): Promise<Response> => bench.fetch(`${SPACE}/files/${path}`, { method: 'PUT', body });
const remove = (path: string): Promise<Response> => bench.fetch(`${SPACE}/files/${path}`, { method: 'DELETE' });
const list = (query = ''): Promise<Response> => bench.fetch(`${SPACE}/trash${query}`);
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;
const operate = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  bench.fetch(`${SPACE}/operations`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

/** Stores and deletes a file; gives its name in the trash. */
async function trash(path: string, body = 'x'): Promise<string> {
  expect((await put(path, body)).status).toBe(201);
  expect((await remove(path)).status).toBe(204);
  const { entries } = (await (await list('?limit=1')).json()) as TrashPage;
  expect(entries[0]?.path).toBe(path);
  return entries[0]?.id ?? '';
}

describe('the trash', () => {
  test('shows what was deleted, by whom and until when it can be restored', async () => {
    const id = await trash('docs/report.txt', 'twelve bytes');
    const answer = await list();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-netstore-version')).toMatch(/^[0-9a-z]+$/);
    const { entries, nextCursor } = (await answer.json()) as TrashPage;
    const [entry] = entries;
    expect(entry).toMatchObject({
      id,
      kind: 'file',
      name: 'report.txt',
      path: 'docs/report.txt',
      files: 1,
      sizeBytes: 12,
      deletedBy: bench.alice.userId,
    });
    expect(Date.parse(entry?.purgeAt ?? '') - Date.parse(entry?.deletedAt ?? '')).toBe(DAY_MS);
    expect(nextCursor).toBeNull();
  });

  test('is walked page by page, last deleted first', async () => {
    for (const name of ['p1', 'p2', 'p3']) await trash(name);
    const first = (await (await list('?limit=2')).json()) as TrashPage;
    expect(first.entries.map(({ path }) => path)).toEqual(['p3', 'p2']);
    const second = (await (await list(`?limit=1&cursor=${first.nextCursor}`)).json()) as TrashPage;
    expect(second.entries.map(({ path }) => path)).toEqual(['p1']);
  });

  test('of a space that nothing was deleted from is empty', async () => {
    const dora = bench.auth.person('dora');
    expect(await (await bench.fetch('/api/v1/spaces/home-dora/trash', { person: dora })).json()).toEqual({ entries: [], nextCursor: null });
  });

  test.each(['limit=0', 'limit=1001', 'limit=ten', 'colour=red', `cursor=${'1'.repeat(65)}`])('is refused for %s', async (query) => {
    expect(await codeOf(await list(`?${query}`))).toBe('NS_BAD_REQUEST');
  });
});

describe('a restore', () => {
  test('puts a file back where it was, or where it is wanted', async () => {
    const back = await operate({ kind: 'restore', trashId: await trash('r/one', 'one') });
    expect(back.status).toBe(200);
    expect((await back.json()) as Entry).toMatchObject({ kind: 'file', path: 'r/one', sizeBytes: 3 });
    expect(await (await bench.fetch(`${SPACE}/files/r/one`)).text()).toBe('one');
    const moved = await operate({ kind: 'restore', trashId: await trash('r/two', 'two'), to: 'elsewhere', ifExists: 'fail' });
    expect(((await moved.json()) as Entry).path).toBe('elsewhere');
  });

  test('is refused where something is, and for what is not in the trash', async () => {
    const trashId = await trash('taken');
    await put('taken', 'another');
    expect(await codeOf(await operate({ kind: 'restore', trashId }))).toBe('NS_ALREADY_EXISTS');
    expect(await codeOf(await operate({ kind: 'restore', trashId: '999999' }))).toBe('NS_NOT_FOUND');
  });

  test('takes the name that deleting answered with, also when it is answered again', async () => {
    await put('undone', 'undone');
    const deleted = [0, 1].map(() =>
      bench.fetch(`${SPACE}/files/undone`, { method: 'DELETE', headers: { 'idempotency-key': 'delete-1' } }),
    );
    const names = (await Promise.all(deleted)).map(({ headers }) => headers.get('x-netstore-trash-id'));
    expect(names[0]).toBe(names[1]);
    const back = await operate({ kind: 'restore', trashId: names[0] });
    expect(((await back.json()) as Entry).path).toBe('undone');
  });

  test('happens once however often it is sent with one key', async () => {
    const trashId = await trash('restored-once');
    const key = { 'idempotency-key': 'restore-1' };
    const answers = [await operate({ kind: 'restore', trashId }, key), await operate({ kind: 'restore', trashId }, key)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await codeOf(await operate({ kind: 'restore', trashId, to: 'x' }, key))).toBe('NS_OPERATION_ID_REUSED');
  });
});

describe('a purge', () => {
  test('says what and how much it freed, and leaves alone what is not in the trash', async () => {
    const ids = [await trash('a', 'four'), await trash('b', 'sixsix')];
    const answer = await operate({ kind: 'purge', trashIds: [...ids, '999999'] });
    expect(answer.status).toBe(200);
    expect((await answer.json()) as PurgeResult).toEqual({ entries: 2, files: 2, versions: 2, sizeBytes: 10, isComplete: true });
    const { entries } = (await (await list()).json()) as TrashPage;
    expect(entries.filter(({ id }) => ids.includes(id))).toEqual([]);
    expect(await codeOf(await operate({ kind: 'restore', trashId: ids[0] }))).toBe('NS_NOT_FOUND');
  });

  test('of old versions leaves the current one', async () => {
    const old = (await (await put('versions', 'old')).json()) as Entry;
    const current = (await (await put('versions', 'current')).json()) as Entry;
    const answer = await operate({ kind: 'purge-versions', path: 'versions', versions: [old.version, current.version] });
    expect((await answer.json()) as PurgeResult).toMatchObject({ files: 0, versions: 1, sizeBytes: 3 });
    const { versions } = (await (await bench.fetch(`${SPACE}/entries/versions`)).json()) as EntryDetail;
    expect(versions.map(({ version }) => version)).toEqual([current.version]);
    expect(await codeOf(await operate({ kind: 'purge-versions', path: 'nothing', versions: ['1'] }))).toBe('NS_NOT_FOUND');
  });
});

test.each([
  [{ kind: 'restore' }],
  [{ kind: 'restore', trashId: 5 }],
  [{ kind: 'restore', trashId: '0' }],
  [{ kind: 'restore', trashId: '-1' }],
  [{ kind: 'restore', trashId: '1', ifExists: 'maybe' }],
  [{ kind: 'purge', trashIds: [] }],
  [{ kind: 'purge', trashIds: ['1', 'x'] }],
  [{ kind: 'purge', trashIds: Array(1001).fill('1') }],
  [{ kind: 'purge', trashIds: ['1'], everything: true }],
  [{ kind: 'purge-versions', path: 'x', versions: [] }],
  [{ kind: 'purge-versions', path: 'x', versions: ['V/1'] }],
])('%j is refused', async (body) => {
  expect(await codeOf(await operate(body))).toBe('NS_BAD_REQUEST');
});

test.each([[{ kind: 'restore', trashId: '1', to: '../x' }], [{ kind: 'purge-versions', path: 'a//b', versions: ['1'] }]])(
  '%j is refused for its path',
  async (body) => {
    expect(await codeOf(await operate(body))).toBe('NS_BAD_PATH');
  },
);

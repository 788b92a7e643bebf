/** What somebody gets who has other rights in some folders than in the rest of a space. */
import type { EntriesPage, Problem, Ticket, TrashPage } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeMembership, FakePerson } from '../testing/fake-access.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

const SPACE = '/api/v1/spaces/home-alice';

let bench: GatewayBench;
let narrowed: FakePerson;
let guest: FakePerson;
beforeAll(async () => {
  bench = await GatewayBench.start();
  for (const path of ['open', 'open/deep', 'closed', 'closed/way', 'closed/way/shared', 'read-only', 'mixed', 'mixed/closed'])
    await bench.operate('home-alice', { kind: 'make-folder', path });
  for (const path of [
    'open/a.txt',
    'closed/a.txt',
    'closed/way/a.txt',
    'closed/way/shared/a.txt',
    'read-only/a.txt',
    'mixed/a.txt',
    'root.txt',
  ])
    await put(path);
  narrowed = bench.auth.person('narrowed', {});
  join(narrowed, {
    role: 'editor',
    rules: [
      { folder: '', role: 'editor' },
      { folder: 'closed', role: 'none' },
      { folder: 'closed/way/shared', role: 'viewer' },
      { folder: 'read-only', role: 'viewer' },
      { folder: 'mixed/closed', role: 'none' },
      { folder: 'copy (2)', role: 'none' },
    ],
  });
  guest = bench.auth.person('guest', {});
  join(guest, { role: 'viewer', rules: [{ folder: 'closed/way/shared', role: 'viewer' }] });
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.auth.ruled.clear();
  bench.auth.ruleMoves.length = 0;
});

function join(person: FakePerson, membership: Omit<FakeMembership, 'id'>): void {
  person.spaces.set('home-alice', { id: bench.alice.spaces.get('home-alice')?.id ?? '', ...membership });
}
const put = (path: string, person = bench.alice) => bench.fetch(`${SPACE}/files/${path}`, { method: 'PUT', body: 'x', person });
const remove = (path: string, person: FakePerson) => bench.fetch(`${SPACE}/files/${path}`, { method: 'DELETE', person });
const get = (path: string, person: FakePerson) => bench.fetch(`${SPACE}/${path}`, { person });
const operate = (operation: object, person = narrowed, headers = {}) => bench.operate('home-alice', operation, { person, headers });
const said = async (answer: Response): Promise<{ status: number; code: string; detail: string }> => {
  const { code, detail } = (await answer.json()) as Problem;
  return { status: answer.status, code, detail };
};
async function names(folder: string, person: FakePerson, limit = 100): Promise<string[]> {
  const found: string[] = [];
  let cursor = '';
  do {
    const page = (await (await get(`entries?folder=${folder}&limit=${limit}${cursor}`, person)).json()) as EntriesPage;
    found.push(...page.entries.map(({ name }) => name));
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  return found;
}

describe('a listing', () => {
  test.each([1, 2, 100])('leaves out what may not be seen and nothing else, in pages of %d', async (limit) => {
    expect(await names('', narrowed, limit)).toEqual(['closed', 'mixed', 'open', 'read-only', 'root.txt']);
    expect(await names('closed', narrowed, limit)).toEqual(['way']);
    expect(await names('mixed', narrowed, limit)).toEqual(['a.txt']);
    expect(await names('', guest, limit)).toEqual(['closed']);
    expect(await names('closed/way', guest, limit)).toEqual(['shared']);
    expect(await names('closed/way/shared', guest, limit)).toEqual(['a.txt']);
  });

  test('marks what is more closed than the folder, and nothing in a folder where nothing may be changed', async () => {
    const marked = async (folder: string, person: FakePerson): Promise<string[]> => {
      const page = (await (await get(`entries?folder=${folder}`, person)).json()) as EntriesPage;
      return page.entries.filter(({ isReadOnly }) => isReadOnly === true).map(({ name }) => name);
    };
    expect(await marked('', narrowed)).toEqual(['closed', 'mixed', 'read-only']);
    expect(await marked('read-only', narrowed)).toEqual([]);
    expect(await marked('', bench.alice)).toEqual([]);
  });

  test.each(['mixed/closed', 'nowhere'])('of %s is not there', async (folder) => {
    expect(await said(await get(`entries?folder=${folder}`, narrowed))).toEqual({
      status: 404,
      code: 'NS_NOT_FOUND',
      detail: 'There is no such folder that you may see',
    });
  });
});

describe('what may not be seen is answered like what is not there', () => {
  test.each(['files', 'entries'])('under %s', async (route) => {
    expect(await said(await get(`${route}/closed/a.txt`, narrowed))).toEqual(await said(await get(`${route}/open/missing`, narrowed)));
  });

  test('by tickets and operations', async () => {
    const ticket = (path: string) =>
      bench.fetch(`${SPACE}/tickets`, {
        method: 'POST',
        body: JSON.stringify({ path, disposition: 'inline' }),
        headers: { 'content-type': 'application/json' },
        person: narrowed,
      });
    expect(await said(await ticket('closed/a.txt'))).toEqual(await said(await ticket('open/missing')));
    for (const kind of ['move', 'copy']) expect((await operate({ kind, from: 'closed/a.txt', to: 'open/b.txt' })).status).toBe(404);
  });

  test('also a file where a folder on the way was expected', async () => {
    const lost = bench.auth.person('lost', {});
    join(lost, { role: 'viewer', rules: [{ folder: 'open/a.txt/deeper', role: 'viewer' }] });
    expect((await get('entries/open', lost)).status).toBe(200);
    expect((await get('entries/open/a.txt', lost)).status).toBe(404);
    expect((await get('files/open/a.txt', lost)).status).toBe(403);
    expect(await names('open', lost)).toEqual([]);
  });
});

describe('an act on a folder is an act on all below it', () => {
  test.each([
    ['deleted', () => remove('mixed', narrowed)],
    ['moved', () => operate({ kind: 'move', from: 'mixed', to: 'elsewhere' })],
    ['copied', () => operate({ kind: 'copy', from: 'mixed', to: 'elsewhere' })],
    ['replaced', () => operate({ kind: 'move', from: 'open', to: 'mixed', ifExists: 'replace' })],
  ])('with something forbidden in it cannot be %s', async (_what, act) => {
    const answer = await said(await act());
    expect(answer).toEqual({ status: 403, code: 'NS_FORBIDDEN', detail: 'You may see this but not do that' });
  });

  test('what may be read can be copied to where one may write, and not moved', async () => {
    expect((await operate({ kind: 'move', from: 'read-only/a.txt', to: 'open/moved.txt' })).status).toBe(403);
    expect((await operate({ kind: 'copy', from: 'read-only/a.txt', to: 'open/copied.txt' })).status).toBe(200);
    expect((await operate({ kind: 'copy', from: 'open/a.txt', to: 'read-only/b.txt' })).status).toBe(403);
  });

  test('a name that is found on the way is not one that may not be written', async () => {
    expect((await operate({ kind: 'copy', from: 'root.txt', to: 'copy', ifExists: 'keep-both' })).status).toBe(403);
    expect((await operate({ kind: 'copy', from: 'root.txt', to: 'open/copy', ifExists: 'keep-both' })).status).toBe(200);
  });

  test('and not one beside the folder that one was given', async () => {
    const given = bench.auth.person('given', {});
    join(given, { role: 'editor', rules: [{ folder: 'open', role: 'editor' }] });
    expect((await operate({ kind: 'copy', from: 'open/a.txt', to: 'open', ifExists: 'keep-both' }, given)).status).toBe(403);
    expect((await operate({ kind: 'copy', from: 'open/a.txt', to: 'open/beside.txt', ifExists: 'keep-both' }, given)).status).toBe(200);
  });

  test.each(['closed/b.txt', 'read-only/b.txt'])('%s is not written', async (path) => {
    expect([403, 404]).toContain((await put(path, narrowed)).status);
    const form = new FormData();
    form.append('file', new Blob(['x']), path);
    const answer = await bench.fetch(`${SPACE}/files`, { method: 'POST', body: form, person: narrowed });
    expect([403, 404]).toContain(answer.status);
    expect((await get(`entries/${path}`, bench.alice)).status).toBe(404);
  });
});

describe('the trash', () => {
  let hidden: string;
  let seen: string;
  beforeAll(async () => {
    await put('closed/gone.txt');
    await put('open/gone.txt');
    hidden = (await remove('closed/gone.txt', bench.alice)).headers.get('x-netstore-trash-id') ?? '';
    seen = (await remove('open/gone.txt', bench.alice)).headers.get('x-netstore-trash-id') ?? '';
  });

  test('shows what was where one may read, page by page', async () => {
    const page = (await (await get('trash?limit=1', narrowed)).json()) as TrashPage;
    expect(page.entries.map(({ id }) => id)).toEqual([seen]);
    const none = (await (await get('trash', guest)).json()) as TrashPage;
    expect(none).toEqual({ entries: [], nextCursor: null });
  });

  test('does not tell how much is in a folder of which something is hidden', async () => {
    for (const folder of ['half-open', 'half-open/hidden', 'all-open']) await operate({ kind: 'make-folder', path: folder }, bench.alice);
    const halfReader = bench.auth.person('half-reader', {});
    join(halfReader, {
      role: 'viewer',
      rules: [
        { folder: '', role: 'viewer' },
        { folder: 'half-open/hidden', role: 'none' },
      ],
    });
    for (const folder of ['half-open', 'all-open']) expect((await remove(folder, bench.alice)).status).toBe(204);
    const [whole, half] = ((await (await get('trash?limit=2', halfReader)).json()) as TrashPage).entries;
    expect(half).toMatchObject({ path: 'half-open', files: null, sizeBytes: null, isReadOnly: true });
    expect(whole).toMatchObject({ path: 'all-open', files: 0, sizeBytes: 0 });
  });

  test('gives back nothing else, and says so as of what is not there', async () => {
    const restore = (trashId: string) => operate({ kind: 'restore', trashId, to: 'open/mine.txt' });
    expect(await said(await restore(hidden))).toEqual(await said(await restore('999999')));
  });

  test('lets nothing else be purged', async () => {
    const answer = await operate({ kind: 'purge', trashIds: [hidden, '999999'] });
    expect([answer.status, ((await answer.json()) as { entries: number }).entries]).toEqual([200, 0]);
    const page = (await (await get('trash', bench.alice)).json()) as TrashPage;
    expect(page.entries.map(({ id }) => id)).toContain(hidden);
  });

  test('answers a repeated purge and restore with the first outcome', async () => {
    await put('open/again.txt');
    const trashId = (await remove('open/again.txt', narrowed)).headers.get('x-netstore-trash-id') ?? '';
    const key = { 'idempotency-key': `restore-${trashId}` };
    const restored = [
      await operate({ kind: 'restore', trashId }, narrowed, key),
      await operate({ kind: 'restore', trashId }, narrowed, key),
    ];
    expect(restored.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('rules follow a folder that is moved', () => {
  test('they are given before the commit and taken after it', async () => {
    await bench.operate('home-alice', { kind: 'make-folder', path: 'ruled' });
    bench.auth.ruled.add('ruled/deep');
    expect((await operate({ kind: 'move', from: 'ruled', to: 'carried' }, bench.alice)).status).toBe(200);
    expect(bench.auth.ruleMoves).toMatchObject([
      { from: 'ruled', to: 'carried', isPlain: true, mayManage: true, userId: bench.alice.userId },
      { from: 'ruled', to: 'carried', outcome: 'moved' },
    ]);
  });

  test.each([
    ['of it', 'half/gone.txt', 'half'],
    ['it was in', 'whole', 'whole/deep'],
  ])('and stay at the old path as well when something %s lies in the trash, which is judged by that path', async (_what, gone, from) => {
    await operate({ kind: 'make-folder', path: gone }, bench.alice);
    expect((await remove(gone, bench.alice)).status).toBe(204);
    await operate({ kind: 'make-folder', path: from }, bench.alice);
    bench.auth.ruled.add(from);
    expect((await operate({ kind: 'move', from, to: `${from}-moved` }, bench.alice)).status).toBe(200);
    expect(bench.auth.ruleMoves.at(-1)).toMatchObject({ from, outcome: 'restored' });
  });

  test('the end is told where there are none as well: nobody gives any to either path meanwhile', async () => {
    await bench.operate('home-alice', { kind: 'make-folder', path: 'plain' });
    expect((await operate({ kind: 'move', from: 'plain', to: 'plainer' }, bench.alice)).status).toBe(200);
    expect(bench.auth.ruleMoves).toMatchObject([{ isPlain: true }, { outcome: 'moved', userId: bench.alice.userId, mayManage: true }]);
  });

  test('they are taken back when it was rejected, and not given to what is there already', async () => {
    bench.auth.ruled.add('missing');
    expect((await operate({ kind: 'move', from: 'missing', to: 'nowhere' }, bench.alice)).status).toBe(404);
    expect(bench.auth.ruleMoves.at(-1)).toMatchObject({ outcome: 'rejected' });
    bench.auth.ruleMoves.length = 0;
    expect(await said(await operate({ kind: 'move', from: 'missing', to: 'open' }, bench.alice))).toMatchObject({
      code: 'NS_ALREADY_EXISTS',
    });
    expect(bench.auth.ruleMoves).toEqual([]);
  });

  test('not to a name that is found on the way', async () => {
    bench.auth.ruled.add('open');
    const answer = await operate({ kind: 'move', from: 'open', to: 'mixed', ifExists: 'keep-both' }, bench.alice);
    expect(await said(answer)).toMatchObject({ status: 409, code: 'NS_CONFLICT' });
  });

  test('and stay in the old place for what comes back from the trash elsewhere', async () => {
    await put('ruled.txt');
    const trashId = (await remove('ruled.txt', bench.alice)).headers.get('x-netstore-trash-id') ?? '';
    bench.auth.ruled.add('ruled.txt');
    expect((await operate({ kind: 'restore', trashId, to: 'back.txt' }, bench.alice)).status).toBe(200);
    expect(bench.auth.ruleMoves.at(-1)).toMatchObject({ from: 'ruled.txt', to: 'back.txt', outcome: 'restored' });
  });
});

describe('a change of rights', () => {
  test('ends a ticket that was given before, at once where it is heard of', async () => {
    const reader = bench.auth.person('reader', {});
    join(reader, { role: 'viewer' });
    const body = JSON.stringify({ path: 'open/a.txt', disposition: 'inline' });
    const headers = { 'content-type': 'application/json' };
    const { url } = (await (await bench.fetch(`${SPACE}/tickets`, { method: 'POST', body, headers, person: reader })).json()) as Ticket;
    expect((await fetch(bench.url + url)).status).toBe(200);
    join(reader, {
      role: 'viewer',
      rules: [
        { folder: '', role: 'viewer' },
        { folder: 'open', role: 'none' },
      ],
    });
    expect((await fetch(bench.url + url)).status).toBe(200);
    bench.auth.announce({ kind: 'space', name: 'home-alice' });
    await expect.poll(async () => (await fetch(bench.url + url)).status, { timeout: 2_000, interval: 20 }).toBe(404);
  });
});

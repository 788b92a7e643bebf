/** Links as their makers and their holders use them, with everything real behind the gateway. */
import { createHash } from 'node:crypto';
import type {
  AuditPage,
  DropReceipt,
  EntriesPage,
  IssuedShareLink,
  OpenedShare,
  Problem,
  ShareLinks,
  Ticket,
  User,
} from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../support/gateway.ts';

const PASSWORD = 'a compiler for everyone';
const WITHIN_MS = 5_000;
/** For the round that is under way when the time is over. */
const SLACK_MS = 500;
const AT_ONCE = 100;

let gateway: Gateway;
let adminToken: string;
beforeAll(async () => {
  gateway = await startGateway();
  adminToken = await gateway.signIn();
  for (const path of ['out/first.txt', 'out/deep/second.txt', 'outside/other.txt', 'private.txt', 'box/there.txt'])
    expect((await put(path, `the bytes of ${path}`)).status).toBe(201);
});
afterAll(() => gateway[Symbol.asyncDispose]());

function send(
  route: string,
  { proof = adminToken as string | undefined, body }: { proof?: string | undefined; body?: unknown } = {},
): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  const headers = new Headers(proof === undefined ? {} : { authorization: `Bearer ${proof}` });
  if (body !== undefined) headers.set('content-type', 'application/json');
  return fetch(`${gateway.url}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}
const put = (path: string, body: string): Promise<Response> =>
  fetch(`${gateway.url}/api/v1/spaces/home-admin/files/${path}`, {
    method: 'PUT',
    body,
    headers: { authorization: `Bearer ${adminToken}` },
  });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

async function makeLink(asked: object, { proof = adminToken, space = 'home-admin' } = {}): Promise<IssuedShareLink> {
  const answer = await send(`POST /spaces/${space}/links`, { proof, body: { kind: 'view', ...asked } });
  expect(answer.status).toBe(201);
  return (await answer.json()) as IssuedShareLink;
}
const askToOpen = (token: string, password?: string): Promise<Response> =>
  send('POST /share/open', { proof: undefined, body: { token, ...(password === undefined ? {} : { password }) } });
async function open(token: string, password?: string): Promise<OpenedShare> {
  const answer = await askToOpen(token, password);
  expect(answer.status).toBe(200);
  return (await answer.json()) as OpenedShare;
}
const askForTicket = (session: string, path: string): Promise<Response> =>
  send('POST /share/tickets', { proof: session, body: { path, disposition: 'attachment' } });
async function ticketFor(session: string, path: string): Promise<string> {
  const answer = await askForTicket(session, path);
  expect(answer.status).toBe(201);
  return gateway.url + ((await answer.json()) as Ticket).url;
}
async function downloadBy(token: string, path: string): Promise<Response> {
  return await fetch(await ticketFor((await open(token)).session, path));
}
const drop = (session: string, name: string, body: string): Promise<Response> =>
  fetch(`${gateway.url}/api/v1/share/files/${name}`, { method: 'PUT', body, headers: { authorization: `Bearer ${session}` } });
const sum = (counts: readonly number[], wanted: number): number => counts.filter((count) => count === wanted).length;

describe('a link to a folder', () => {
  test('shows what is in it by names below it, gives the bytes, and nothing from elsewhere', async () => {
    const { token } = await makeLink({ path: 'out' });
    const { session, entry, kind } = await open(token);
    expect({ kind, name: entry?.name, path: entry?.path }).toEqual({ kind: 'view', name: 'out', path: '' });
    const page = (await (await send('GET /share/entries?folder=deep', { proof: session })).json()) as EntriesPage;
    expect(page.entries.map(({ path }) => path)).toEqual(['deep/second.txt']);
    expect(await (await fetch(await ticketFor(session, 'deep/second.txt'))).text()).toBe('the bytes of out/deep/second.txt');
    for (const path of ['../private.txt', '/private.txt']) expect(await codeOf(await askForTicket(session, path))).toBe('NS_BAD_PATH');
    for (const path of ['private.txt', 'side/other.txt']) expect(await codeOf(await askForTicket(session, path))).toBe('NS_NOT_FOUND');
  });

  test('opens nothing but the routes of share sessions, and says nowhere where it leads to', async () => {
    const { token } = await makeLink({ path: 'out/deep' });
    const { session } = await open(token);
    for (const route of ['GET /me', 'GET /spaces/home-admin/entries', 'GET /me/links', 'GET /cluster'])
      expect(await codeOf(await send(route, { proof: session }))).toBe('NS_UNAUTHENTICATED');
    expect((await drop(session, 'new.txt', 'x')).status).toBe(403);
    const ticket = await ticketFor(session, 'second.txt');
    for (const part of `${session}/${ticket}`.split(/[/.]/)) expect(Buffer.from(part, 'base64url').toString()).not.toContain('home-admin');
  });

  test('says plainly that what it leads to was moved, and works again when something is there again', async () => {
    await put('passing/file.txt', 'x');
    const { token } = await makeLink({ path: 'passing' });
    const { session } = await open(token);
    const ticket = await ticketFor(session, 'file.txt');
    await send('POST /spaces/home-admin/operations', { body: { kind: 'move', from: 'passing', to: 'passed' } });
    expect(await codeOf(await askToOpen(token))).toBe('NS_LINK_TARGET_GONE');
    expect(await codeOf(await send('GET /share/entries', { proof: session }))).toBe('NS_LINK_TARGET_GONE');
    expect(await codeOf(await fetch(ticket))).toBe('NS_NOT_FOUND');
    expect(await codeOf(await askForTicket(session, 'file.txt'))).toBe('NS_NOT_FOUND');
    await send('POST /spaces/home-admin/operations', { body: { kind: 'move', from: 'passed', to: 'passing' } });
    expect((await askToOpen(token)).status).toBe(200);
  });
});

describe('a link that is limited to one download', () => {
  test(`gives the bytes to exactly one of ${AT_ONCE} that opened it`, async () => {
    const { token } = await makeLink({ path: 'out/first.txt', downloadsMax: 1 });
    const tickets = await Promise.all(Array.from({ length: AT_ONCE }, async () => ticketFor((await open(token)).session, '')));
    const answers = await Promise.all(tickets.map((ticket) => fetch(ticket)));
    const statuses = answers.map(({ status }) => status);
    expect([sum(statuses, 200), sum(statuses, 410)]).toEqual([1, AT_ONCE - 1]);
    expect(await codeOf(await askToOpen(token))).toBe('NS_LINK_USED_UP');
  });

  test(`gives them once to ${AT_ONCE} requests of one session, and to those that go on with it`, async () => {
    const { token } = await makeLink({ path: 'out/first.txt', downloadsMax: 1 });
    const ticket = await ticketFor((await open(token)).session, '');
    expect((await fetch(ticket, { method: 'HEAD' })).status).toBe(200);
    const statuses = await Promise.all(Array.from({ length: AT_ONCE }, async () => (await fetch(ticket)).status));
    expect([sum(statuses, 200), sum(statuses, 410)]).toEqual([1, AT_ONCE - 1]);
    expect(await (await fetch(ticket, { headers: { range: 'bytes=4-' } })).text()).toBe('bytes of out/first.txt');
    expect((await fetch(ticket, { headers: { range: 'bytes=0-' } })).status).toBe(410);
    expect((await fetch(ticket, { headers: { range: 'bytes=1-' } })).status).toBe(410);
  });
});

describe('a password', () => {
  test('is asked for before anything is shown, and no byte comes without it', async () => {
    const { token, link } = await makeLink({ path: 'out', password: 'open sesame' });
    expect(link.hasPassword).toBe(true);
    expect(await codeOf(await askToOpen(token))).toBe('NS_LINK_PASSWORD');
    const refused = await askToOpen(token, 'open barley');
    expect([...refused.headers.keys()].filter((name) => name.startsWith('x-netstore-link'))).toEqual([]);
    expect(await codeOf(refused)).toBe('NS_LINK_PASSWORD');
    const told = async (): Promise<unknown> =>
      ((await (await send('GET /audit?action=link.open&outcome=NS_LINK_PASSWORD&limit=1')).json()) as AuditPage).entries[0];
    await expect.poll(told).toMatchObject({ via: `link:${link.id}`, space: 'home-admin', actorId: null });
    for (const proof of [token, undefined]) {
      expect(await codeOf(await send('GET /share/entries', { proof }))).toBe('NS_UNAUTHENTICATED');
      expect(await codeOf(await send('POST /share/tickets', { proof, body: { path: 'first.txt', disposition: 'inline' } }))).toBe(
        'NS_UNAUTHENTICATED',
      );
    }
    expect((await fetch(`${gateway.url}/content/shared/${token}/first.txt`)).status).toBe(404);
    const { session } = await open(token, 'open sesame');
    expect((await fetch(await ticketFor(session, 'first.txt'))).status).toBe(200);
  });
});

test('forged, shortened and exchanged tokens and sessions open nothing', async () => {
  const { token } = await makeLink({ path: 'out' });
  const { session } = await open(token);
  const ticket = await ticketFor(session, 'first.txt');
  for (const wrong of [token.slice(1), `${token}A`, session.slice(0, 256), adminToken.slice(0, 256)])
    expect(await codeOf(await askToOpen(wrong))).toBe('NS_LINK_UNKNOWN');
  const sealed = ticket.split('/').at(-2) ?? '';
  const turned = session.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  for (const wrong of [turned, session.slice(0, -4), sealed, adminToken, token])
    expect(await codeOf(await send('GET /share/entries', { proof: wrong }))).toBe('NS_UNAUTHENTICATED');
  expect((await fetch(ticket.replace(sealed, session))).status).toBe(404);
});

describe('within 5 s a link is dead', () => {
  async function expectEnd(issued: IssuedShareLink, code: string, act: () => Promise<Response | undefined>): Promise<void> {
    const { session } = await open(issued.token);
    const ticket = await ticketFor(session, 'first.txt');
    expect((await fetch(ticket)).status).toBe(200);
    const acted = await act();
    if (acted !== undefined) expect(acted.status).toBeLessThan(300);
    const codes = async (): Promise<string[]> => [
      await codeOf(await send('GET /share/entries', { proof: session })),
      await codeOf(await askForTicket(session, 'first.txt')),
      (await fetch(ticket)).status.toString(),
      await codeOf(await askToOpen(issued.token)),
    ];
    await expect.poll(codes, { timeout: WITHIN_MS + SLACK_MS, interval: 200 }).toEqual([code, code, '410', code]);
  }

  test('when it was ended, by its maker or by a manager of the space', async () => {
    const own = await makeLink({ path: 'out' });
    await expectEnd(own, 'NS_LINK_ENDED', () => send(`DELETE /me/links/${own.link.id}`));
    const managed = await makeLink({ path: 'out' });
    const { links } = (await (await send('GET /spaces/home-admin/links')).json()) as ShareLinks;
    expect(links.find(({ id }) => id === own.link.id)?.state).toBe('ended');
    await expectEnd(managed, 'NS_LINK_ENDED', () => send(`DELETE /spaces/home-admin/links/${managed.link.id}`));
  });

  test('when its time is over', async () => {
    await expectEnd(await makeLink({ path: 'out', expiresInSeconds: 3 }), 'NS_LINK_EXPIRED', async () => undefined);
  });

  test('when its maker loses the right, or is disabled', async () => {
    const created = await send('POST /users', { body: { username: 'ann', password: PASSWORD, roles: ['member'] } });
    const { id } = (await created.json()) as User;
    const rule = { folder: 'out', subject: { kind: 'user', name: 'ann' }, role: 'viewer' };
    await send('PUT /spaces/home-admin/grants', { body: rule });
    const session = await send('POST /sessions', { proof: undefined, body: { username: 'ann', password: PASSWORD } });
    const { accessToken } = (await session.json()) as { accessToken: string };
    const refused = await send('POST /spaces/home-admin/links', { proof: accessToken, body: { kind: 'drop', path: 'out' } });
    expect(await codeOf(refused)).toBe('NS_FORBIDDEN');
    const links = [
      await makeLink({ path: 'out' }, { proof: accessToken }),
      await makeLink({ path: 'out' }, { proof: accessToken }),
    ] as const;
    expect((await send('GET /spaces/home-admin/links', { proof: accessToken })).status).toBeGreaterThanOrEqual(403);
    await expectEnd(links[0], 'NS_LINK_ENDED', () => send('DELETE /spaces/home-admin/grants?folder=out&user=ann'));
    await send('PUT /spaces/home-admin/grants', { body: rule });
    await expect.poll(async () => (await askToOpen(links[1].token)).status, { timeout: WITHIN_MS + SLACK_MS }).toBe(200);
    await expectEnd(links[1], 'NS_LINK_ENDED', () => send(`PATCH /users/${id}`, { body: { isDisabled: true } }));
  });
});

describe('a drop box', () => {
  test('takes files, keeps what is there, shows nothing, and gives a receipt', async () => {
    const { token } = await makeLink({ kind: 'drop', path: 'box' });
    const { session, entry, name } = await open(token);
    expect({ entry, name }).toEqual({ entry: null, name: 'box' });
    const answers = await Promise.all(['one', 'two', 'three'].map((body) => drop(session, 'there.txt', body)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const receipts = (await Promise.all(answers.map((answer) => answer.json()))) as DropReceipt[];
    const digests = ['one', 'two', 'three'].map((body) => createHash('sha256').update(body).digest('hex'));
    expect(receipts.map(({ sha256 }) => sha256)).toEqual(digests);
    for (const { name: kept, replicas } of receipts) expect([kept, replicas.durable >= 2]).toEqual(['there.txt', true]);
    for (const route of ['GET /share/entries', 'POST /share/tickets'])
      expect(
        await codeOf(
          await send(route, {
            proof: session,
            ...(route.startsWith('POST') ? { body: { path: 'there.txt', disposition: 'inline' } } : {}),
          }),
        ),
      ).toBe('NS_FORBIDDEN');
    const page = (await (await send('GET /spaces/home-admin/entries?folder=box')).json()) as EntriesPage;
    expect(page.entries.map((each) => each.name).sort()).toEqual(['there (2).txt', 'there (3).txt', 'there (4).txt', 'there.txt']);
    expect(page.entries.filter((each) => digests.includes(each.sha256 ?? ''))).toHaveLength(3);
    expect(await codeOf(await drop(session, 'deep/er.txt', 'x'))).toBe('NS_BAD_PATH');
  });

  test('keeps what has the longest name under one as long, and takes no longer one', async () => {
    await put('long/first.txt', 'x');
    const { session } = await open((await makeLink({ kind: 'drop', path: 'long' })).token);
    const name = `${'n'.repeat(251)}.txt`;
    for (const body of ['one', 'two']) expect((await drop(session, name, body)).status).toBe(201);
    expect(await codeOf(await drop(session, `n${name}`, 'three'))).toBe('NS_BAD_PATH');
    const { entries } = (await (await send('GET /spaces/home-admin/entries?folder=long')).json()) as EntriesPage;
    expect(entries.map((entry) => entry.name).sort()).toEqual(['first.txt', `${'n'.repeat(247)} (2).txt`, name].sort());
  });

  test('takes no more than its space has room for, and keeps nothing of what it refused', async () => {
    await send('POST /spaces', { body: { name: 'narrow', owner: 'admin' } });
    await send('PATCH /spaces/narrow', { body: { bytesMax: 1_000 } });
    const { session } = await open((await makeLink({ kind: 'drop', path: '' }, { space: 'narrow' })).token);
    const answer = await drop(session, 'wide.txt', 'w'.repeat(1_001));
    expect([answer.status, await codeOf(answer)]).toEqual([413, 'NS_QUOTA_EXCEEDED']);
    expect((await drop(session, 'slim.txt', 's'.repeat(1_000))).status).toBe(201);
    const { entries } = (await (await send('GET /spaces/narrow/entries')).json()) as EntriesPage;
    expect(entries.map((entry) => entry.name)).toEqual(['slim.txt']);
  });

  test('that was deleted or moved is not made anew by what is sent to it', async () => {
    await put('brief/file.txt', 'x');
    const { session } = await open((await makeLink({ kind: 'drop', path: 'brief' })).token);
    await send('DELETE /spaces/home-admin/files/brief');
    expect(await codeOf(await drop(session, 'late.txt', 'x'))).toBe('NS_LINK_TARGET_GONE');
    expect((await send('GET /spaces/home-admin/entries/brief')).status).toBe(404);
    await put('going/file.txt', 'x');
    const moved = await open((await makeLink({ kind: 'drop', path: 'going' })).token);
    await send('POST /spaces/home-admin/operations', { body: { kind: 'move', from: 'going', to: 'gone' } });
    expect(await codeOf(await drop(moved.session, 'late.txt', 'x'))).toBe('NS_LINK_TARGET_GONE');
    for (const path of ['going', 'gone/late.txt']) expect((await send(`GET /spaces/home-admin/entries/${path}`)).status).toBe(404);
  });
});

test('a token is shown once, never logged, and a link of the whole list of one item names who made it', async () => {
  const { token, link } = await makeLink({ path: 'out' });
  await downloadBy(token, 'first.txt');
  const { links } = (await (await send('GET /me/links')).json()) as ShareLinks;
  expect(links.find(({ id }) => id === link.id)).toMatchObject({ downloadsUsed: 1, sharedBy: 'admin', state: 'live' });
  expect(JSON.stringify(links) + gateway.log + gateway.auth.log).not.toContain(token);
});

test('a password is not guessed: after some wrong ones even the right one has to wait', async () => {
  const { token } = await makeLink({ path: 'out', password: 'open sesame' });
  const codes: string[] = [];
  for (let guess = 0; guess < 6; guess += 1) codes.push(await codeOf(await askToOpen(token, `guess ${guess}`)));
  expect(codes[0]).toBe('NS_LINK_PASSWORD');
  expect(codes.at(-1)).toBe('NS_TOO_MANY_ATTEMPTS');
  expect(await codeOf(await askToOpen(token, 'open sesame'))).toBe('NS_TOO_MANY_ATTEMPTS');
});

import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AuditPage,
  Enrolment,
  EntriesPage,
  IssuedInvitation,
  OwnSessions,
  RecoveryCodes,
  Session,
  User,
} from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type Gateway, startGateway } from '../../support/gateway.ts';
import { totpNow } from '../../support/totp.ts';

const PASSWORD = 'correct horse battery';
const WITHIN_MS = 5_000;
/** For the round that is under way when the time is over. */
const SLACK_MS = 500;

let gateway: Gateway;
let adminToken: string;
beforeAll(async () => {
  gateway = await startGateway();
  adminToken = await gateway.signIn();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const send: Gateway['send'] = (...asked) => gateway.send(...asked);
const asAdmin = (route: string, body?: unknown): Promise<Response> => send(adminToken, route, body);

/** A user who was let in everywhere, so that the gateway remembers it. */
async function letIn(username: string): Promise<{ user: User; token: string; home: string }> {
  const made = await asAdmin('POST /users', { username, password: PASSWORD, roles: ['member', 'auditor'] });
  const user = (await made.json()) as User;
  const token = await signIn(username);
  const person = { user, token, home: `/spaces/home-${username}` };
  expect(new Set(await statuses(person))).toEqual(new Set([200, 201]));
  return person;
}

async function signIn(username: string): Promise<string> {
  const answer = await send(undefined, 'POST /sessions', { username, password: PASSWORD });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as Session).accessToken;
}

async function statuses({ token, home }: { token: string; home: string }): Promise<number[]> {
  const routes = ['GET /me', 'GET /me/sessions', 'GET /users', 'GET /cluster', `GET ${home}/entries`, `GET ${home}/trash`];
  const answers = await Promise.all(routes.map((route) => send(token, route)));
  const put = await fetch(`${gateway.url}/api/v1${home}/files/x`, {
    method: 'PUT',
    body: 'x',
    headers: { authorization: `Bearer ${token}` },
  });
  return [...answers, put].map(({ status }) => status);
}

/** Everything is refused within 5 s of `act`, counted from when it was answered. */
async function expectEndOfAll(person: { token: string; home: string }, act: () => Promise<Response>): Promise<void> {
  expect((await act()).status).toBeLessThan(300);
  const all401 = async (): Promise<boolean> => (await statuses(person)).every((status) => status === 401);
  await expect.poll(all401, { timeout: WITHIN_MS + SLACK_MS, interval: 250 }).toBe(true);
}

describe('within 5 s everything is refused to', () => {
  test('whoever was disabled, and nothing of it comes back when they are enabled again', async () => {
    const person = await letIn('ada');
    await expectEndOfAll(person, () => asAdmin(`PATCH /users/${person.user.id}`, { isDisabled: true }));
    expect((await asAdmin(`PATCH /users/${person.user.id}`, { isDisabled: false })).status).toBe(200);
    expect(new Set(await statuses(person))).toEqual(new Set([401]));
    const again = { ...person, token: await signIn('ada') };
    expect((await send(again.token, 'GET /me')).status).toBe(200);
  });

  test('whoever was deleted, whose files are somebody else’s then', async () => {
    const person = await letIn('bob');
    const heir = await letIn('heir');
    await expectEndOfAll(person, () => asAdmin(`DELETE /users/${person.user.id}`, { reassignTo: heir.user.id }));
    const read = (): Promise<number> => send(heir.token, 'GET /spaces/home-bob/files/x').then(({ status }) => status);
    await expect.poll(read, { timeout: WITHIN_MS + SLACK_MS, interval: 250 }).toBe(200);
  });

  test('whoever is deleted in the middle of an upload: it is cut off, nothing of it stays, and the audit knows', async () => {
    const person = await letIn('dee');
    const heir = await letIn('heir-of-dee');
    let lostAtMs = Number.POSITIVE_INFINITY;
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(64 * 1024, 1);
      await asAdmin(`DELETE /users/${person.user.id}`, { reassignTo: heir.user.id });
      lostAtMs = performance.now();
      while (performance.now() - lostAtMs < 2 * WITHIN_MS) {
        yield Buffer.alloc(64 * 1024, 1);
        await sleep(100);
      }
    }
    const headers = { authorization: `Bearer ${person.token}` };
    const url = `${gateway.url}/api/v1${person.home}/files/slow.bin`;
    const answer = await fetch(url, { method: 'PUT', body: ReadableStream.from(slowly()), duplex: 'half', headers });
    // To a session that is not there any more, nothing is.
    expect(answer.status).toBe(404);
    expect(performance.now() - lostAtMs).toBeLessThan(WITHIN_MS + SLACK_MS);
    const files = async (): Promise<string[]> => {
      const page = (await (await send(heir.token, `GET ${person.home}/entries`)).json()) as EntriesPage;
      return page.entries.map(({ name }) => name);
    };
    await expect.poll(files, { timeout: WITHIN_MS + SLACK_MS, interval: 250 }).toEqual(['x']);
    const noted = async (): Promise<unknown[]> => {
      const { entries } = (await (await asAdmin('GET /audit?action=file.put&path=slow.bin')).json()) as AuditPage;
      return entries.map(({ actorId, outcome }) => ({ actorId, outcome }));
    };
    await expect.poll(noted).toEqual([{ actorId: person.user.id, outcome: 'NS_NOT_FOUND' }]);
  });

  test('a session that its user ended from another one', async () => {
    const person = await letIn('cy');
    const other = await signIn('cy');
    const { sessions } = (await (await send(person.token, 'GET /me/sessions')).json()) as OwnSessions;
    const here = sessions.find(({ isCurrent }) => isCurrent);
    await expectEndOfAll(person, () => send(other, `DELETE /me/sessions/${here?.id}`));
    expect((await send(other, 'GET /me')).status).toBe(200);
  });
});

describe('the ways in', () => {
  test('by invitation, with the address and the name of the browser in the list of sessions', async () => {
    const { token } = (await (await asAdmin('POST /invitations', { roles: ['member'] })).json()) as IssuedInvitation;
    const accepted = await fetch(`${gateway.url}/api/v1/invitations/accept`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Lynx/2.9' },
      body: JSON.stringify({ token, username: 'guest', password: PASSWORD }),
    });
    expect(accepted.status).toBe(201);
    expect(accepted.headers.get('set-cookie')).toContain('__Host-netstore-refresh=');
    const { accessToken } = (await accepted.json()) as Session;
    const { sessions } = (await (await send(accessToken, 'GET /me/sessions')).json()) as OwnSessions;
    expect(sessions).toMatchObject([{ clientAddress: '127.0.0.1', clientAgent: 'Lynx/2.9', isCurrent: true }]);
    expect(gateway.log).not.toContain(token);
  });

  test('with a second factor', async () => {
    const { token } = await letIn('dora');
    const enrolled = await send(token, 'POST /me/second-factor/enrol', { password: PASSWORD });
    const { secret } = (await enrolled.json()) as Enrolment;
    const confirmed = await send(token, 'POST /me/second-factor/confirm', { code: totpNow(secret) });
    const [code] = ((await confirmed.json()) as RecoveryCodes).recoveryCodes;
    const body = { username: 'dora', password: PASSWORD };
    expect(await (await send(undefined, 'POST /sessions', body)).json()).toMatchObject({ code: 'NS_SECOND_FACTOR_REQUIRED' });
    expect((await send(undefined, 'POST /sessions', { ...body, code })).status).toBe(201);
  });

  test('of the last admin cannot be closed', async () => {
    const { user } = (await (await asAdmin('GET /me')).json()) as { user: { id: string } };
    const answer = await asAdmin(`PATCH /users/${user.id}`, { isDisabled: true });
    expect(await answer.json()).toMatchObject({ status: 409, code: 'NS_LAST_ADMIN' });
    expect((await send(undefined, 'POST /sessions', ADMIN)).status).toBe(201);
  });
});

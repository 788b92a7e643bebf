import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserId } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PasswordHasher } from '../accounts/password-hasher.ts';
import { People } from '../accounts/people.ts';
import { insertUser } from '../accounts/user-store.ts';
import { CHEAP, silent, TestBench } from '../testing/test-bench.ts';
import { Sessions, type SignedInUser } from './sessions.ts';

const HERE = { address: '192.0.2.1', agent: 'Browser' };
const DAY_MS = 86_400_000;
const refused = { code: 'NS_UNAUTHENTICATED' };

let directory: string;
let bench: TestBench;
let sessions: Sessions;
let userId: UserId;
let user: SignedInUser;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
  bench = await TestBench.open(directory);
  userId = await insertUser(bench.db, { username: 'ada', passwordHash: '', roles: ['member'], createdAt: 0 });
  user = { id: userId, passwordHash: '' };
  sessions = new Sessions({
    db: bench.db,
    refreshKey: Buffer.alloc(32, 7),
    issueAccessToken: ({ sid }) => `access token of ${sid}`,
    logger: silent,
    now: bench.clock.now,
  });
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

async function sessionIdOf(): Promise<Parameters<Sessions['findLive']>[0]> {
  const { id } = await bench.db.selectFrom('sessions').select('id').executeTakeFirstOrThrow();
  return id;
}

describe('a refresh token', () => {
  test('is exchanged for another one of the same session', async () => {
    const first = await sessions.begin(user, HERE);
    const second = await sessions.refresh(first.refreshToken, HERE);
    const third = await sessions.refresh(second.refreshToken, HERE);
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(new Set([first, second, third].map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(Buffer.from(second.refreshToken, 'base64url')).toHaveLength(32);
  });

  test('gives the same successor again for 30 s, also to two at once', async () => {
    const { refreshToken } = await sessions.begin(user, HERE);
    const [one, two] = await Promise.all([sessions.refresh(refreshToken, HERE), sessions.refresh(refreshToken, HERE)]);
    bench.clock.pass(30_000);
    const three = await sessions.refresh(refreshToken, HERE);
    expect(new Set([one, two, three].map((issued) => issued.refreshToken)).size).toBe(1);
    await expect(sessions.refresh(three.refreshToken, HERE)).resolves.toBeDefined();
  });

  test('that comes back after the grace period ends its whole family, the thief and the owner alike', async () => {
    const stolen = await sessions.begin(user, HERE);
    const other = await sessions.begin(user, HERE);
    const owner = await sessions.refresh(stolen.refreshToken, HERE);
    bench.clock.pass(30_001);
    await expect(sessions.refresh(stolen.refreshToken, HERE)).rejects.toMatchObject(refused);
    await expect(sessions.refresh(owner.refreshToken, HERE)).rejects.toMatchObject(refused);
    await expect(sessions.refresh(other.refreshToken, HERE)).resolves.toBeDefined();
  });

  test('is not in the database, nor is its successor', async () => {
    const first = await sessions.begin(user, HERE);
    const second = await sessions.refresh(first.refreshToken, HERE);
    const stored = JSON.stringify(await bench.db.selectFrom('refreshTokens').selectAll().execute());
    expect(stored).not.toContain(first.refreshToken);
    expect(stored).not.toContain(second.refreshToken);
  });

  test.each(['', 'x', 'A'.repeat(43), '\u0000'])('that was never given out (%j) is refused', async (token) => {
    await expect(sessions.refresh(token, HERE)).rejects.toMatchObject(refused);
  });
});

describe('a session', () => {
  test('ends after 14 days without use', async () => {
    const { refreshToken, refreshExpiresInSeconds } = await sessions.begin(user, HERE);
    expect(refreshExpiresInSeconds).toBe(14 * 86_400);
    bench.clock.pass(14 * DAY_MS);
    await expect(sessions.refresh(refreshToken, HERE)).rejects.toMatchObject(refused);
    expect(await sessions.findLive(await sessionIdOf())).toBeUndefined();
  });

  test('ends 60 days after the sign-in however much it is used, and says so beforehand', async () => {
    let issued = await sessions.begin(user, HERE);
    for (let day = 10; day < 60; day += 10) {
      bench.clock.pass(10 * DAY_MS);
      issued = await sessions.refresh(issued.refreshToken, HERE);
      expect(issued.refreshExpiresInSeconds).toBe(Math.min(14, 60 - day) * 86_400);
    }
    bench.clock.pass(10 * DAY_MS - 1);
    issued = await sessions.refresh(issued.refreshToken, HERE);
    bench.clock.pass(1);
    await expect(sessions.refresh(issued.refreshToken, HERE)).rejects.toMatchObject(refused);
  });

  test('ends at once when its user is disabled', async () => {
    const { refreshToken } = await sessions.begin(user, HERE);
    await bench.db.updateTable('users').set({ disabledAt: bench.clock.now() }).where('id', '=', userId).execute();
    expect(await sessions.findLive(await sessionIdOf())).toBeUndefined();
    await expect(sessions.refresh(refreshToken, HERE)).rejects.toMatchObject(refused);
  });

  test('is ended by any token of its family, and ending what is unknown is no error', async () => {
    const first = await sessions.begin(user, HERE);
    const second = await sessions.refresh(first.refreshToken, HERE);
    await sessions.end('unknown');
    expect(await sessions.findLive(await sessionIdOf())).toMatchObject({ userId, username: 'ada' });
    await sessions.end(first.refreshToken);
    await sessions.end(first.refreshToken);
    await expect(sessions.refresh(second.refreshToken, HERE)).rejects.toMatchObject(refused);
  });

  test('is one of at most a hundred of its user: the one used longest ago makes room', async () => {
    const oldest = await sessions.begin(user, HERE);
    const kept = await sessions.begin(user, HERE);
    bench.clock.pass(1);
    await sessions.refresh(kept.refreshToken, HERE);
    for (let index = 0; index < 99; index += 1) await sessions.begin(user, HERE);
    await expect(sessions.refresh(oldest.refreshToken, HERE)).rejects.toMatchObject(refused);
    await expect(sessions.refresh(kept.refreshToken, HERE)).resolves.toBeDefined();
  });

  test('leaves nothing behind when it is dead for long enough', async () => {
    const ended = await sessions.begin(user, HERE);
    await sessions.end(ended.refreshToken);
    await sessions.begin(user, HERE);
    expect(await sessions.deleteDead()).toBe(0);
    bench.clock.pass(DAY_MS + 1);
    expect(await sessions.deleteDead()).toBe(1);
    bench.clock.pass(14 * DAY_MS);
    expect(await sessions.deleteDead()).toBe(1);
    expect(await bench.db.selectFrom('refreshTokens').selectAll().execute()).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['is gone', () => bench.db.deleteFrom('users').execute()],
    ['is disabled', () => bench.db.updateTable('users').set({ disabledAt: 1 }).execute()],
    ['has got another password', () => bench.db.updateTable('users').set({ passwordHash: 'another' }).execute()],
  ])('does not begin when its user %s since the password was looked at', async (_what, change) => {
    await change();
    await expect(sessions.begin(user, HERE)).rejects.toMatchObject({ code: 'NS_BAD_CREDENTIALS' });
    expect(await bench.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
  });

  test('leaves the time of its sign-in with the user', async () => {
    await sessions.begin(user, HERE);
    const row = await bench.db.selectFrom('users').select('lastSignInAt').executeTakeFirst();
    expect(row).toEqual({ lastSignInAt: bench.clock.now() });
  });
});

describe('the sessions of a user', () => {
  test('are listed with where they were used from, the last used first, while they are alive', async () => {
    const { refreshToken } = await sessions.begin(user, HERE);
    const first = await sessionIdOf();
    bench.clock.pass(DAY_MS);
    await sessions.begin(user, { address: '192.0.2.9', agent: null });
    bench.clock.pass(DAY_MS);
    await sessions.refresh(refreshToken, { address: '192.0.2.5', agent: 'Other' });
    const now = bench.clock.now();
    expect(await sessions.listOf(userId)).toEqual([
      { id: first, createdAt: now - 2 * DAY_MS, lastUsedAt: now, clientAddress: '192.0.2.5', clientAgent: 'Other' },
      { id: expect.any(String), createdAt: now - DAY_MS, lastUsedAt: now - DAY_MS, clientAddress: '192.0.2.9', clientAgent: null },
    ]);
    bench.clock.pass(13 * DAY_MS);
    expect(await sessions.listOf(userId)).toMatchObject([{ id: first }]);
  });

  test('are ended by their own user alone, once', async () => {
    await sessions.begin(user, HERE);
    const id = await sessionIdOf();
    const missing = { code: 'NS_NOT_FOUND' };
    await expect(sessions.endOwn(await bench.user('eve'), id)).rejects.toMatchObject(missing);
    await sessions.endOwn(userId, id);
    expect(await sessions.findLive(id)).toBeUndefined();
    expect(await sessions.listOf(userId)).toEqual([]);
    await expect(sessions.endOwn(userId, id)).rejects.toMatchObject(missing);
  });

  test('stay ended when their user was disabled and is enabled again', async () => {
    const issued = await sessions.begin(user, HERE);
    await bench.user('root', ['admin']);
    const people = new People({ db: bench.db, hasher: new PasswordHasher(CHEAP), logger: silent, now: bench.clock.now });
    await people.change(userId, userId, { isDisabled: true });
    await people.change(userId, userId, { isDisabled: false });
    expect(await sessions.listOf(userId)).toEqual([]);
    await expect(sessions.refresh(issued.refreshToken, HERE)).rejects.toMatchObject(refused);
  });
});

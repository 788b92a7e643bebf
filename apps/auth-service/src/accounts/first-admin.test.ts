import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { summariesOf } from '../spaces/space-access.ts';
import { CHEAP, TestBench } from '../testing/test-bench.ts';
import { FirstAdminSetup } from './first-admin.ts';
import { PasswordHasher } from './password-hasher.ts';
import { SetupToken } from './setup-token.ts';
import { findUserByName, rolesOf } from './user-store.ts';

const ADA = { username: 'ada', password: 'correct horse battery' };
const HOUR_MS = 3_600_000;

let directory: string;
let bench: TestBench;
let setup: FirstAdminSetup;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
  bench = await TestBench.open(directory);
  const token = new SetupToken(directory, bench.clock.now);
  setup = new FirstAdminSetup({ db: bench.db, hasher: new PasswordHasher(CHEAP), token, now: bench.clock.now });
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const tokenPath = (): string => join(directory, 'setup-token');
const tokenInFile = (): string => readFileSync(tokenPath(), 'utf8').trim();

describe('set-up by token', () => {
  test('creates an administrator with a home space, and clears the token away', async () => {
    expect(await setup.prepare(undefined)).toBe(tokenPath());
    expect(statSync(tokenPath()).mode & 0o777).toBe(0o600);
    expect(Buffer.from(tokenInFile(), 'base64url')).toHaveLength(32);

    const { id: userId } = await setup.complete(tokenInFile(), ADA);
    expect(await rolesOf(bench.db, userId)).toEqual(['admin', 'member']);
    expect(await summariesOf(bench.db, userId)).toMatchObject([{ name: 'home-ada', role: 'manager' }]);
    expect(existsSync(tokenPath())).toBe(false);
    expect(await bench.db.selectFrom('setupTokens').selectAll().execute()).toEqual([]);
    expect(await setup.isNeeded()).toBe(false);
  });

  test('keeps neither the token nor the password in the database', async () => {
    await setup.prepare(undefined);
    const token = tokenInFile();
    const rows = JSON.stringify(await bench.db.selectFrom('setupTokens').selectAll().execute());
    expect(rows).not.toContain(token);
    await setup.complete(token, ADA);
    expect(JSON.stringify(await findUserByName(bench.db, 'ada'))).not.toContain(ADA.password);
  });

  test('works until one hour has passed', async () => {
    await setup.prepare(undefined);
    bench.clock.pass(HOUR_MS - 1);
    await expect(setup.complete(tokenInFile(), { ...ADA, password: 'short' })).rejects.toMatchObject({ code: 'NS_WEAK_PASSWORD' });
    bench.clock.pass(1);
    await expect(setup.complete(tokenInFile(), ADA)).rejects.toMatchObject({ code: 'NS_BAD_SETUP_TOKEN' });
  });

  test('a restart makes a new token and the old one worthless', async () => {
    await setup.prepare(undefined);
    const old = tokenInFile();
    await setup.prepare(undefined);
    await expect(setup.complete(old, ADA)).rejects.toMatchObject({ code: 'NS_BAD_SETUP_TOKEN' });
    await expect(setup.complete(tokenInFile(), ADA)).resolves.toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  test('of two at once exactly one wins', async () => {
    await setup.prepare(undefined);
    const token = tokenInFile();
    const results = await Promise.allSettled([setup.complete(token, ADA), setup.complete(token, { ...ADA, username: 'eve' })]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({ code: 'NS_ALREADY_SET_UP' });
    expect(await bench.db.selectFrom('users').selectAll().execute()).toHaveLength(1);
  });

  test('after set-up every token is refused, and a file that a crash left behind is removed', async () => {
    await setup.prepare(undefined);
    const token = tokenInFile();
    await setup.complete(token, ADA);
    writeFileSync(tokenPath(), token);
    expect(await setup.prepare(undefined)).toBeUndefined();
    expect(existsSync(tokenPath())).toBe(false);
    await expect(setup.complete(token, ADA)).rejects.toMatchObject({ code: 'NS_ALREADY_SET_UP' });
  });
});

describe('set-up by configuration', () => {
  test('creates the administrator once and ignores the configuration afterwards', async () => {
    expect(await setup.prepare(ADA)).toBeUndefined();
    const before = await findUserByName(bench.db, 'ada');
    expect(await setup.prepare({ username: 'ada', password: 'another fine password' })).toBeUndefined();
    expect(await setup.prepare({ username: 'eve', password: 'another fine password' })).toBeUndefined();
    expect(await findUserByName(bench.db, 'ada')).toEqual(before);
    expect(await findUserByName(bench.db, 'eve')).toBeUndefined();
    expect(existsSync(tokenPath())).toBe(false);
  });

  test('holds a configured password to the same rules', async () => {
    await expect(setup.prepare({ username: 'ada', password: 'password12345' })).rejects.toMatchObject({ code: 'NS_WEAK_PASSWORD' });
    expect(await setup.isNeeded()).toBe(true);
  });
});

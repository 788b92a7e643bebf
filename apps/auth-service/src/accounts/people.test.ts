import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUserId, QUOTA_SPACES_MAX, type UserId } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setQuota } from '../spaces/quota-store.ts';
import { summariesOf } from '../spaces/space-access.ts';
import { insertSharedSpace } from '../spaces/space-store.ts';
import { CHEAP, silent, TestBench } from '../testing/test-bench.ts';
import { PasswordHasher } from './password-hasher.ts';
import { People } from './people.ts';

const PASSWORD = 'correct horse battery';
const lastAdmin = { code: 'NS_LAST_ADMIN' };
const taken = { code: 'NS_ALREADY_EXISTS' };

let directory: string;
let bench: TestBench;
let people: People;
let root: UserId;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
  bench = await TestBench.open(directory);
  people = new People({ db: bench.db, hasher: new PasswordHasher(CHEAP), logger: silent, now: bench.clock.now });
  root = await bench.user('root', ['admin', 'member']);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const names = (found: { people: readonly { username: string }[] }): string[] => found.people.map(({ username }) => username);

describe('a user', () => {
  test('is created with roles and a home space', async () => {
    const ada = await people.create(root, { username: 'ada', password: PASSWORD, roles: ['auditor', 'member'] });
    expect(ada).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      username: 'ada',
      roles: ['auditor', 'member'],
      hasSecondFactor: false,
      createdAt: bench.clock.now(),
      lastSignInAt: null,
      disabledAt: null,
    });
    expect(await summariesOf(bench.db, ada.id)).toMatchObject([{ name: 'home-ada', role: 'manager' }]);
  });

  test.each(['root', 'r00t', 'ro0t'])('is not called %s when there is root', async (username) => {
    await expect(people.create(root, { username, password: PASSWORD, roles: ['member'] })).rejects.toMatchObject(taken);
  });

  test('is created once by two requests at once, and not with a weak password', async () => {
    const ask = (username: string) => people.create(root, { username, password: PASSWORD, roles: ['member'] });
    const outcomes = await Promise.allSettled([ask('bob'), ask('b0b')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const weak = people.create(root, { username: 'eve', password: 'evelyn', roles: ['member'] });
    await expect(weak).rejects.toMatchObject({ code: 'NS_WEAK_PASSWORD' });
  });
});

describe('the list', () => {
  test('comes page by page, by name', async () => {
    for (const name of ['ada', 'bob', 'cy', 'dora']) await bench.user(name);
    const first = await people.list({ limit: 2 });
    expect([names(first), first.next]).toEqual([['ada', 'bob'], 'bob']);
    const second = await people.list({ limit: 3, after: 'bob' });
    expect([names(second), second.next]).toEqual([['cy', 'dora', 'root'], null]);
  });

  test('is searched by a part of the name, taken literally', async () => {
    for (const name of ['ada_l', 'adam', 'hadar']) await bench.user(name);
    expect(names(await people.list({ search: 'ADA' }))).toEqual(['ada_l', 'adam', 'hadar']);
    expect(names(await people.list({ search: 'a_' }))).toEqual(['ada_l']);
    expect(names(await people.list({ search: '%' }))).toEqual([]);
  });
});

describe('the last admin who is not disabled', () => {
  test('cannot be demoted, disabled or deleted, not even when there is a disabled one', async () => {
    const other = await bench.user('other', ['admin']);
    await people.change(root, other, { isDisabled: true });
    await expect(people.change(root, root, { roles: ['member'] })).rejects.toMatchObject(lastAdmin);
    await expect(people.change(root, root, { isDisabled: true })).rejects.toMatchObject(lastAdmin);
    const ada = await bench.user('ada');
    await expect(people.remove(root, root, ada)).rejects.toMatchObject(lastAdmin);
    expect(await people.find(root)).toMatchObject({ roles: ['admin', 'member'], disabledAt: null });
    await people.change(root, other, { roles: ['member'] });
    await people.change(root, root, { roles: ['admin', 'auditor'], isDisabled: false });
  });

  test.each<[string, (id: UserId, heir: UserId) => Promise<unknown>]>([
    ['demote', (id) => people.change(root, id, { roles: ['member'] })],
    ['disable', (id) => people.change(root, id, { isDisabled: true })],
    ['delete', (id, heir) => people.remove(root, id, heir)],
  ])('is left when two requests at once %s one each', async (_what, take) => {
    const other = await bench.user('other', ['admin']);
    const heir = await bench.user('heir');
    const outcomes = await Promise.allSettled([take(root, heir), take(other, heir)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: lastAdmin });
  });
});

describe('a deleted user', () => {
  test('leaves the spaces to somebody and the name to nobody', async () => {
    const [ada, heir] = [await bench.user('ada'), await bench.user('heir')];
    await people.remove(root, ada, heir);
    expect((await summariesOf(bench.db, heir)).map(({ name, role }) => [name, role])).toEqual([
      ['home-ada', 'manager'],
      ['home-heir', 'manager'],
    ]);
    await expect(people.find(ada)).rejects.toMatchObject({ code: 'NS_NOT_FOUND' });
    for (const username of ['ada']) {
      await expect(people.create(root, { username, password: PASSWORD, roles: ['member'] })).rejects.toMatchObject(taken);
    }
  });

  test('makes a manager of an heir who was a viewer', async () => {
    const [ada, heir] = [await bench.user('ada'), await bench.user('heir')];
    const [home] = await summariesOf(bench.db, ada);
    await bench.db
      .insertInto('grants')
      .values({ spaceId: home?.id as never, folder: '', userId: heir, groupId: null, role: 'viewer' })
      .execute();
    await people.remove(root, ada, heir);
    expect((await summariesOf(bench.db, heir))[0]).toMatchObject({ name: 'home-ada', role: 'manager' });
  });

  test('leaves nothing to an heir whose quota could not name so many spaces', async () => {
    const [ada, heir] = [await bench.user('ada'), await bench.user('heir')];
    for (let made = 0; made < QUOTA_SPACES_MAX; made += 1) {
      await insertSharedSpace(bench.db, { name: `space-${made}`, ownerId: ada, bytesMax: null, createdAt: 1 });
    }
    await setQuota(bench.db, heir, 1000);
    await expect(people.remove(root, ada, heir)).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    expect(await people.find(ada)).toMatchObject({ username: 'ada' });
  });

  test('needs an heir who is there, somebody else, and not disabled', async () => {
    const [ada, heir] = [await bench.user('ada'), await bench.user('heir')];
    await people.change(root, heir, { isDisabled: true });
    for (const each of [ada, heir, newUserId()]) {
      await expect(people.remove(root, ada, each)).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    }
    expect(await people.find(ada)).toMatchObject({ username: 'ada' });
    await expect(people.remove(root, newUserId(), root)).rejects.toMatchObject({ code: 'NS_NOT_FOUND' });
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserId } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Attempts } from '../sessions/attempts.ts';
import { insertSession } from '../sessions/session-store.ts';
import { CHEAP, silent, TestBench } from '../testing/test-bench.ts';
import { Invitations } from './invitations.ts';
import { PasswordHasher } from './password-hasher.ts';
import { PasswordResets } from './password-resets.ts';
import { People } from './people.ts';
import { findUser, rolesOf } from './user-store.ts';

const PASSWORD = 'correct horse battery';
const HERE = '192.0.2.1';
const HOUR_MS = 3_600_000;
const badLink = { code: 'NS_BAD_LINK' };

let directory: string;
let bench: TestBench;
let people: People;
let invitations: Invitations;
let resets: PasswordResets;
let root: UserId;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
  bench = await TestBench.open(directory);
  const { db, clock } = bench;
  const parts = { db, hasher: new PasswordHasher(CHEAP), attempts: new Attempts(clock.now), logger: silent, now: clock.now };
  people = new People(parts);
  invitations = new Invitations(parts);
  resets = new PasswordResets(parts);
  root = await bench.user('root', ['admin', 'member']);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const accept = (token: string, username?: string) =>
  invitations.accept({ token, password: PASSWORD, ...(username === undefined ? {} : { username }) }, HERE);

describe('an invitation', () => {
  test('makes its guest a user with the roles that it gives, once', async () => {
    const { invitation, token } = await invitations.invite(root, { roles: ['auditor'] });
    expect(invitation).toMatchObject({ username: null, roles: ['auditor'], invitedBy: 'root' });
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(await invitations.lookUp(token, HERE)).toMatchObject({ id: invitation.id });
    const { id } = await accept(token, 'guest');
    expect(await rolesOf(bench.db, id)).toEqual(['auditor']);
    await expect(accept(token, 'guest-2')).rejects.toMatchObject({ ...badLink, message: expect.stringContaining('used already') });
    expect(await invitations.listOpen()).toEqual([]);
  });

  test('is accepted by one of two at once', async () => {
    const { token } = await invitations.invite(root, { roles: ['member'] });
    const outcomes = await Promise.allSettled([accept(token, 'one'), accept(token, 'two')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('that names somebody is for that name alone', async () => {
    await expect(invitations.invite(root, { username: 'r0ot', roles: ['member'] })).rejects.toMatchObject({ code: 'NS_ALREADY_EXISTS' });
    const { token } = await invitations.invite(root, { username: 'ada', roles: ['member'] });
    await expect(accept(token, 'eve')).rejects.toMatchObject({ code: 'NS_BAD_REQUEST' });
    const { id } = await accept(token);
    expect(await findUser(bench.db, id)).toMatchObject({ username: 'ada' });
    const open = await invitations.invite(root, { roles: ['member'] });
    await expect(accept(open.token)).rejects.toMatchObject({ code: 'NS_BAD_REQUEST' });
    await expect(accept(open.token, 'ada')).rejects.toMatchObject({ code: 'NS_ALREADY_EXISTS' });
    await accept(open.token, 'bob');
  });

  test('is worth nothing after 72 h, when it is revoked, or made up', async () => {
    const { token } = await invitations.invite(root, { roles: ['member'] });
    bench.clock.pass(72 * HOUR_MS - 1);
    await invitations.lookUp(token, HERE);
    bench.clock.pass(1);
    await expect(accept(token, 'late')).rejects.toMatchObject({ ...badLink, message: expect.stringContaining('expired') });
    expect(await invitations.listOpen()).toEqual([]);
    const revoked = await invitations.invite(root, { roles: ['member'] });
    await invitations.revoke(root, revoked.invitation.id);
    await expect(invitations.revoke(root, revoked.invitation.id)).rejects.toMatchObject({ code: 'NS_NOT_FOUND' });
    for (const each of [revoked.token, 'made-up', '']) await expect(accept(each, 'eve')).rejects.toMatchObject(badLink);
  });

  test('goes with the right of whoever made it', async () => {
    const other = await bench.user('other', ['admin']);
    const made = await Promise.all([1, 2].map(() => invitations.invite(other, { roles: ['admin'] })));
    await people.change(root, other, { roles: ['member'] });
    await expect(accept(made[0]?.token ?? '', 'eve')).rejects.toMatchObject(badLink);
    await people.remove(root, other, root);
    await expect(accept(made[1]?.token ?? '', 'eve')).rejects.toMatchObject(badLink);
  });

  test('is not stored, only its hash', async () => {
    const { token } = await invitations.invite(root, { roles: ['member'] });
    expect(JSON.stringify(await bench.db.selectFrom('invitations').selectAll().execute())).not.toContain(token);
  });

  test('still says for a month that it was used, and is forgotten then', async () => {
    const { token } = await invitations.invite(root, { roles: ['member'] });
    await accept(token, 'ada');
    bench.clock.pass(72 * HOUR_MS);
    await invitations.deleteDead();
    await expect(invitations.lookUp(token, HERE)).rejects.toMatchObject({ message: expect.stringContaining('used already') });
    bench.clock.pass(31 * 24 * HOUR_MS);
    await invitations.deleteDead();
    await expect(invitations.lookUp(token, HERE)).rejects.toMatchObject({ message: expect.stringContaining('wrong') });
  });

  test('cannot be guessed at for long', async () => {
    for (let index = 0; index < 5; index += 1) await expect(invitations.lookUp(`guess-${index}`, HERE)).rejects.toMatchObject(badLink);
    await expect(invitations.lookUp('guess', HERE)).rejects.toMatchObject({ code: 'NS_TOO_MANY_ATTEMPTS' });
    const { token } = await invitations.invite(root, { roles: ['member'] });
    await invitations.lookUp(token, '198.51.100.7');
  });
});

describe('a link for a new password', () => {
  const set = (token: string) => resets.accept({ token, password: 'another good password' }, HERE);

  test('sets it once and ends all sessions', async () => {
    const ada = await bench.user('ada');
    await insertSession(bench.db, { id: 'x' as never, userId: ada, createdAt: 0, clientAddress: HERE, clientAgent: null });
    const { token, expiresAt } = await resets.offer(root, ada);
    expect(expiresAt - bench.clock.now()).toBe(24 * HOUR_MS);
    expect(await resets.lookUp(token, HERE)).toMatchObject({ username: 'ada' });
    await expect(resets.accept({ token, password: 'short' }, HERE)).rejects.toMatchObject({ code: 'NS_WEAK_PASSWORD' });
    await set(token);
    const user = await findUser(bench.db, ada);
    expect(await new PasswordHasher(CHEAP).matches('another good password', user?.passwordHash)).toBe(true);
    expect(await bench.db.selectFrom('sessions').select('endedAt').execute()).toEqual([{ endedAt: bench.clock.now() }]);
    await expect(set(token)).rejects.toMatchObject(badLink);
  });

  test('is taken by one of two at once', async () => {
    const { token } = await resets.offer(root, await bench.user('ada'));
    const outcomes = await Promise.allSettled([set(token), set(token)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('is worth nothing after 24 h, after another one was made, or when it is made up', async () => {
    const ada = await bench.user('ada');
    const first = await resets.offer(root, ada);
    const second = await resets.offer(root, ada);
    await expect(set(first.token)).rejects.toMatchObject({ ...badLink, message: expect.stringContaining('replaced') });
    bench.clock.pass(24 * HOUR_MS);
    await expect(set(second.token)).rejects.toMatchObject({ ...badLink, message: expect.stringContaining('expired') });
    await expect(set('made-up')).rejects.toMatchObject(badLink);
  });

  test('goes with the user, with being enabled, and with the right of whoever made it', async () => {
    const [ada, other] = [await bench.user('ada'), await bench.user('other', ['admin'])];
    const byOther = await resets.offer(other, ada);
    await people.change(root, other, { isDisabled: true });
    await expect(set(byOther.token)).rejects.toMatchObject(badLink);
    const { token } = await resets.offer(root, ada);
    await people.change(root, ada, { isDisabled: true });
    await expect(set(token)).rejects.toMatchObject(badLink);
    await expect(resets.offer(root, ada)).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await people.remove(root, ada, root);
    await expect(set(token)).rejects.toMatchObject(badLink);
    await expect(resets.offer(root, ada)).rejects.toMatchObject({ code: 'NS_NOT_FOUND' });
  });
});

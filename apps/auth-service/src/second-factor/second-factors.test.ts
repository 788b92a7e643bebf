import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserId } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silent, TestBench } from '../testing/test-bench.ts';
import { findSecondFactor } from './second-factor-store.ts';
import { SecondFactors } from './second-factors.ts';
import { stepAt, totpCode } from './totp.ts';

const required = { code: 'NS_SECOND_FACTOR_REQUIRED' };
const bad = { code: 'NS_BAD_SECOND_FACTOR' };
const conflict = { code: 'NS_CONFLICT' };
const MINUTE_MS = 60_000;

let directory: string;
let bench: TestBench;
let factors: SecondFactors;
let ada: UserId;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-auth-'));
  bench = await TestBench.open(directory);
  factors = new SecondFactors({ db: bench.db, logger: silent, now: bench.clock.now });
  ada = await bench.user('ada');
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

/** What the app shows now, or would show at another time. */
async function code(offsetMs = 0): Promise<string> {
  const row = await findSecondFactor(bench.db, ada);
  return totpCode(Buffer.from(row?.secret ?? '', 'hex'), stepAt(bench.clock.now() + offsetMs));
}

async function turnOn(): Promise<string[]> {
  await factors.enrol({ id: ada, username: 'ada' });
  const recoveryCodes = await factors.confirm(ada, await code());
  bench.clock.pass(MINUTE_MS);
  return recoveryCodes;
}

describe('turning it on', () => {
  test('takes a secret and a code of it; before that nothing is asked for', async () => {
    const { secret, uri } = await factors.enrol({ id: ada, username: 'ada' });
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(uri).toContain(secret);
    await factors.check(ada, undefined);
    await expect(factors.confirm(ada, '000000')).rejects.toMatchObject(bad);
    await factors.check(ada, undefined);
    const recoveryCodes = await factors.confirm(ada, await code());
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const each of recoveryCodes) expect(each).toMatch(/^(?:[A-Z2-7]{4}-){6}[A-Z2-7]{2}$/);
    await expect(factors.check(ada, undefined)).rejects.toMatchObject(required);
    expect(await factors.describe(ada)).toMatchObject({ isOn: true, recoveryCodesLeft: 10 });
  });

  test('begins anew with another secret, but not while it is on', async () => {
    const first = await factors.enrol({ id: ada, username: 'ada' });
    expect((await factors.enrol({ id: ada, username: 'ada' })).secret).not.toBe(first.secret);
    await factors.confirm(ada, await code());
    await expect(factors.enrol({ id: ada, username: 'ada' })).rejects.toMatchObject(conflict);
    await expect(factors.confirm(ada, await code())).rejects.toMatchObject(conflict);
  });

  test('has to be confirmed within a quarter of an hour', async () => {
    await expect(factors.confirm(ada, '123456')).rejects.toMatchObject(conflict);
    await factors.enrol({ id: ada, username: 'ada' });
    bench.clock.pass(15 * MINUTE_MS);
    await expect(factors.confirm(ada, await code())).rejects.toMatchObject(conflict);
  });
});

describe('a code', () => {
  test('opens once, also when it is presented twice at the same time', async () => {
    await turnOn();
    const now = await code();
    const outcomes = await Promise.allSettled([factors.check(ada, now), factors.check(ada, now), factors.check(ada, now)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    bench.clock.pass(30_000);
    await factors.check(ada, ` ${(await code()).replace(/(...)/, '$1 ')}`);
  });

  test('that turned it on does not open as well', async () => {
    await factors.enrol({ id: ada, username: 'ada' });
    const first = await code();
    await factors.confirm(ada, first);
    await expect(factors.check(ada, first)).rejects.toMatchObject(bad);
  });

  test('of a device whose clock is ten minutes wrong is refused', async () => {
    await turnOn();
    await expect(factors.check(ada, await code(10 * MINUTE_MS))).rejects.toMatchObject(bad);
    await expect(factors.check(ada, await code(-10 * MINUTE_MS))).rejects.toMatchObject(bad);
    await factors.check(ada, await code());
  });
});

describe('a recovery code', () => {
  test('opens once, however it is typed, and is not stored in clear', async () => {
    const [first = '', second = ''] = await turnOn();
    await factors.check(ada, ` ${first.toLowerCase().replaceAll('-', ' ')}`);
    await expect(factors.check(ada, first)).rejects.toMatchObject(bad);
    expect(await factors.describe(ada)).toMatchObject({ recoveryCodesLeft: 9 });
    const stored = await bench.db.selectFrom('recoveryCodes').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(second.replaceAll('-', ''));
    await expect(factors.check(ada, second.slice(0, -1))).rejects.toMatchObject(bad);
  });

  test('of somebody else opens nothing', async () => {
    const [first = ''] = await turnOn();
    const eve = await bench.user('eve');
    await factors.check(eve, first);
    await factors.enrol({ id: eve, username: 'eve' });
    expect(await factors.describe(eve)).toMatchObject({ isOn: false });
    expect(await factors.describe(ada)).toMatchObject({ recoveryCodesLeft: 10 });
  });
});

describe('turning it off', () => {
  test('takes a code of either kind', async () => {
    const [first = ''] = await turnOn();
    await expect(factors.turnOff(ada, '000000')).rejects.toMatchObject(bad);
    await factors.turnOff(ada, first);
    await factors.check(ada, undefined);
    await expect(factors.turnOff(ada, first)).rejects.toMatchObject(conflict);
    await turnOn();
    await factors.turnOff(ada, await code());
    expect(await factors.describe(ada)).toEqual({ isOn: false, since: null, recoveryCodesLeft: 0 });
  });

  test('is done by an admin without one', async () => {
    await turnOn();
    const root = await bench.user('root', ['admin']);
    await factors.takeAway(root, ada);
    await factors.check(ada, undefined);
    await expect(factors.takeAway(root, ada)).rejects.toMatchObject({ code: 'NS_NOT_FOUND' });
  });
});

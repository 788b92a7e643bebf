import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grant } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';

let directory: string;
let people: PeopleBench;
let ann: Person;
let bob: Person;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-moves-'));
  people = await PeopleBench.open(directory);
  ann = await people.person('ann');
  bob = await people.person('bob');
  await give('');
  await give('a');
  await give('a/b');
  await give('ab');
});
afterEach(async () => {
  await people[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const give = (folder: string) =>
  people.ask('PUT /v1/spaces/home-ann/grants', { as: ann, body: { folder, subject: { kind: 'user', name: 'bob' }, role: 'editor' } });
const begin = (from: string, to: string, operationId = 'one', userId: string = ann.userId) =>
  people.ask('POST /v1/spaces/home-ann/moves', { as: 'gateway', body: { from, to, operationId, userId, isPlain: true, mayManage: true } });
const end = (from: string, to: string, outcome: 'moved' | 'restored' | 'rejected', operationId = 'one') =>
  people.ask('POST /v1/spaces/home-ann/moves/end', { as: 'gateway', body: { from, to, operationId, outcome } });
const folders = async (): Promise<string[]> =>
  (await people.ask('GET /v1/spaces/home-ann/grants', { as: ann })).body.grants.map(({ folder }: Grant) => folder);

describe('rules follow a folder that is moved', () => {
  test('before the move both paths have them, and afterwards the new one alone', async () => {
    expect((await begin('a', 'c/d')).body).toEqual({ hasRules: true });
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab', 'c/d', 'c/d/b']);
    expect((await end('a', 'c/d', 'moved')).status).toBe(204);
    expect(await folders()).toEqual(['', 'ab', 'c/d', 'c/d/b']);
  });

  test('where there are none nothing is to be done', async () => {
    expect((await begin('x', 'y', 'one', bob.userId)).body).toEqual({ hasRules: false });
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab']);
  });

  test('only when a manager moves it', async () => {
    expect((await begin('a', 'c', 'one', bob.userId)).body).toMatchObject({ code: 'NS_FORBIDDEN' });
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab']);
  });

  test('not when a key moves it that may not manage, whoever’s it is', async () => {
    const body = { from: 'a', to: 'c', operationId: 'one', userId: ann.userId, isPlain: true, mayManage: false };
    expect((await people.ask('POST /v1/spaces/home-ann/moves', { as: 'gateway', body })).body).toMatchObject({ code: 'NS_FORBIDDEN' });
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab']);
  });

  test('and are taken back from the new path when it was not', async () => {
    await begin('a', 'c');
    await end('a', 'c', 'rejected');
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab']);
  });

  test('stay where they are when it came out of the trash', async () => {
    await begin('a', 'c');
    await end('a', 'c', 'restored');
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab', 'c', 'c/b']);
  });

  test('not onto rules of another kind, below themselves, nor to a name that is found on the way', async () => {
    expect((await begin('a', 'ab')).body).toMatchObject({ code: 'NS_CONFLICT' });
    const beside = { from: 'a', to: 'c', operationId: 'one', userId: ann.userId, isPlain: false, mayManage: true };
    expect((await people.ask('POST /v1/spaces/home-ann/moves', { as: 'gateway', body: beside })).body).toMatchObject({
      code: 'NS_CONFLICT',
    });
    expect((await begin('a', 'a/x')).body).toMatchObject({ code: 'NS_CONFLICT' });
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab']);
  });
});

describe('when nobody came back to say how it ended', () => {
  test('both paths have the rules, and a repetition takes them from the old one', async () => {
    await begin('a', 'c');
    expect((await begin('a', 'c')).status).toBe(200);
    await end('a', 'c', 'moved');
    expect(await folders()).toEqual(['', 'ab', 'c', 'c/b']);
  });

  test('another operation waits, and takes nothing away that it did not give', async () => {
    await begin('a', 'c');
    expect((await begin('a', 'c', 'two')).body).toMatchObject({ code: 'NS_CONFLICT' });
    people.bench.clock.pass(61_000);
    expect((await begin('a', 'c', 'two')).status).toBe(200);
    await end('a', 'c', 'rejected', 'two');
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab', 'c', 'c/b']);
  });

  test('an end that is told late leaves rules alone that the old path got since', async () => {
    await begin('a', 'c');
    await end('a', 'c', 'moved');
    await give('a');
    await end('a', 'c', 'moved');
    expect(await folders()).toEqual(['', 'a', 'ab', 'c', 'c/b']);
  });
});

test('nobody but the gateway moves rules', async () => {
  const body = { from: 'a', to: 'c', operationId: 'one' };
  expect(
    (await people.ask('POST /v1/spaces/home-ann/moves', { as: ann, body: { ...body, userId: ann.userId, isPlain: true, mayManage: true } }))
      .status,
  ).toBe(401);
  expect((await people.ask('POST /v1/spaces/home-ann/moves/end', { as: ann, body: { ...body, outcome: 'moved' } })).status).toBe(401);
});

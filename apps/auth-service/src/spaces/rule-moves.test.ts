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
  people.ask('POST /v1/spaces/home-ann/moves', { body: { from, to, operationId, userId, isPlain: true, mayManage: true } });
const end = (from: string, to: string, outcome: 'moved' | 'restored' | 'rejected', { operationId = 'one', userId = ann.userId } = {}) =>
  people.ask('POST /v1/spaces/home-ann/moves/end', { body: { from, to, operationId, userId, mayManage: true, outcome } });
const take = (folder: string) => people.ask(`DELETE /v1/spaces/home-ann/grants?folder=${folder}&user=bob`, { as: ann });
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
    expect((await people.ask('POST /v1/spaces/home-ann/moves', { body })).body).toMatchObject({ code: 'NS_FORBIDDEN' });
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
    expect((await people.ask('POST /v1/spaces/home-ann/moves', { body: beside })).body).toMatchObject({
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
    await end('a', 'c', 'rejected', { operationId: 'two' });
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

describe('while a folder is being moved', () => {
  test.each([
    { kind: 'with rules', from: 'a', to: 'c', inTheWay: ['a', 'a/x', 'c', 'c/x'], elsewhere: ['', 'ab', 'b'] },
    { kind: 'without any', from: 'x', to: 'y', inTheWay: ['x', 'x/z', 'y', 'y/z'], elsewhere: ['', 'a', 'b'] },
  ])('one $kind, rules are neither given to its old path and its new one nor taken there', async ({ from, to, inTheWay, elsewhere }) => {
    await begin(from, to);
    const before = await folders();
    for (const folder of inTheWay) {
      expect((await give(folder)).body).toMatchObject({ code: 'NS_CONFLICT' });
      expect((await take(folder)).body).toMatchObject({ code: 'NS_CONFLICT' });
    }
    expect(await folders()).toEqual(before);
    for (const folder of elsewhere) expect((await give(folder)).status).toBe(204);
    await end(from, to, 'moved');
    for (const folder of inTheWay) expect((await give(folder)).status).toBe(204);
  });

  test('no other move goes across it where there are rules', async () => {
    await begin('a', 'c');
    for (const [from, to] of [
      ['a/b', 'z'],
      ['x', 'a/y'],
      ['c/b', 'z'],
      ['x', 'c'],
    ] as const)
      expect((await begin(from, to, 'two')).body).toMatchObject({ code: 'NS_CONFLICT' });
    expect((await begin('x', 'y', 'two')).status).toBe(200);
    expect((await begin('ab', 'y/z', 'three')).body).toMatchObject({ code: 'NS_CONFLICT' });
    await end('x', 'y', 'rejected', { operationId: 'two' });
    expect((await begin('ab', 'y/z', 'three')).status).toBe(200);
  });

  test('where there are none, another one of the same thing is tried at once', async () => {
    expect((await begin('x', 'y')).status).toBe(200);
    expect((await begin('x', 'z', 'two')).status).toBe(200);
  });

  test('its operation moves nothing else', async () => {
    await begin('a', 'c');
    expect((await begin('x', 'y')).body).toMatchObject({ code: 'NS_CONFLICT' });
    await end('a', 'd', 'rejected');
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab', 'c', 'c/b']);
  });

  test('a restart of the auth service forgets nothing of it', async () => {
    await begin('a', 'c');
    await people[Symbol.asyncDispose]();
    people = await PeopleBench.open(directory);
    expect((await give('a/x')).body).toMatchObject({ code: 'NS_CONFLICT' });
    await end('a', 'c', 'rejected');
    expect(await folders()).toEqual(['', 'a', 'a/b', 'ab']);
  });

  test.each(['moved', 'restored'] as const)('%s, what its old path has and its new one lacks is carried at the end', async (outcome) => {
    await begin('a', 'c');
    const { spaceId } = await people.bench.db.selectFrom('grants').select('spaceId').executeTakeFirstOrThrow();
    const rule = { spaceId, folder: 'a/late', userId: bob.userId, groupId: null, role: 'none' } as const;
    await people.bench.db.insertInto('grants').values(rule).execute();
    await end('a', 'c', outcome);
    const old = outcome === 'moved' ? [] : ['a', 'a/b', 'a/late'];
    expect(await folders()).toEqual(['', ...old, 'ab', 'c', 'c/b', 'c/late']);
  });
});

test('an end of nothing that is pending takes rules away for managers alone', async () => {
  await give('c');
  await give('c/b');
  await end('a', 'c', 'moved', { userId: bob.userId });
  expect(await folders()).toEqual(['', 'a', 'a/b', 'ab', 'c', 'c/b']);
  await end('a', 'c', 'moved');
  expect(await folders()).toEqual(['', 'ab', 'c', 'c/b']);
});

import type { GrantRole } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';

const LONG = 4000;
let people: PeopleBench;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  people = await PeopleBench.start();
  ann = await people.person('ann');
  bob = await people.person('bob');
});
afterAll(async () => {
  await people[Symbol.asyncDispose]();
});

const give = (space: string, name: string, role: GrantRole, folder = '') =>
  people.ask(`PUT /v1/spaces/${space}/grants`, {
    as: space === 'home-ann' ? ann : bob,
    body: { folder, subject: { kind: 'user', name }, role },
  });
/** A folder whose name takes so many bytes. */
const folderOf = (bytes: number, first: string): string => {
  const text = `${first}/`.padEnd(bytes, `${'x'.repeat(250)}/`);
  return text.endsWith('/') ? `${text.slice(0, -1)}y` : text;
};
const rulesOf = async (space: string, as: Person) => (await people.ask(`GET /v1/spaces/${space}/access`, { as })).body.rules;

describe('rules that decide nothing are carried nowhere', () => {
  test('those about the owner of the space', async () => {
    await give('home-ann', 'ann', 'viewer', 'a');
    await give('home-ann', 'ann', 'none');
    expect(await rulesOf('home-ann', ann)).toEqual([]);
  });

  test('those about a manager, except the one that makes him one', async () => {
    const by = { kind: 'user', name: 'bob' };
    await give('home-ann', 'bob', 'none', 'a');
    await give('home-ann', 'bob', 'editor');
    expect(await rulesOf('home-ann', bob)).toEqual([
      { folder: '', role: 'editor', by },
      { folder: 'a', role: 'none', by },
    ]);
    await give('home-ann', 'bob', 'manager');
    expect(await rulesOf('home-ann', bob)).toEqual([{ folder: '', role: 'manager', by }]);
  });
});

describe('the folders that the rules of a space name', () => {
  test('have a limit together, which only a rule that is new can break', async () => {
    const folders = Array.from({ length: 65 }, (_, index) => folderOf(LONG, `f${index}`));
    const bytes = Buffer.byteLength(folders.join(''));
    expect(bytes).toBeLessThanOrEqual(256 * 1024);
    for (const folder of folders) expect((await give('home-bob', 'ann', 'viewer', folder)).status).toBe(204);
    const last = folderOf(256 * 1024 - bytes, 'last');
    expect((await give('home-bob', 'ann', 'viewer', last)).status).toBe(204);
    expect((await give('home-bob', 'ann', 'viewer', 'z')).body).toMatchObject({ code: 'NS_CONFLICT' });
    expect((await give('home-bob', 'ann', 'none', last)).status).toBe(204);
    expect((await give('home-bob', 'ann', 'none', '')).status).toBe(204);
  });
});

describe('the list of who can see something', () => {
  test('is told in pages of 100 at the most', async () => {
    expect((await people.ask('GET /v1/spaces/home-ann/viewers?path=&limit=100', { as: ann })).status).toBe(200);
    expect((await people.ask('GET /v1/spaces/home-ann/viewers?path=&limit=101', { as: ann })).status).toBe(400);
  });

  test('leaves others their turn after each person', async () => {
    let turns = 0;
    let immediate = setImmediate(function turn() {
      turns += 1;
      immediate = setImmediate(turn);
    });
    const crew = Array.from({ length: 20 }, (_, index) => `crew${String.fromCharCode(97 + index)}`);
    for (const name of crew) {
      await people.bench.user(name);
      await give('home-ann', name, 'viewer');
    }
    turns = 0;
    const { body } = await people.ask('GET /v1/spaces/home-ann/viewers?path=', { as: ann });
    clearImmediate(immediate);
    expect(body.viewers.length).toBeGreaterThan(crew.length);
    expect(turns).toBeGreaterThanOrEqual(crew.length);
  });
});

describe('that a space is there', () => {
  test('is not told to those who may not see it, whatever path they ask about', async () => {
    await give('home-ann', 'bob', 'none');
    const answers = await Promise.all(
      ['home-ann', 'home-nobody'].map(async (space) => {
        const { status, body } = await people.ask(`GET /v1/spaces/${space}/viewers?path=a/b&user=bob`, { as: bob });
        const { requestId: _, ...problem } = body;
        return { status, problem };
      }),
    );
    expect(answers[0]?.status).toBe(404);
    expect(answers[0]).toEqual(answers[1]);
  });
});

import type { Grant, GrantRole } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';

let people: PeopleBench;
let root: Person;
let ann: Person;
let bob: Person;
let eve: Person;
let look: Person;
beforeAll(async () => {
  people = await PeopleBench.start();
  root = await people.person('root', ['admin', 'member']);
  ann = await people.person('ann');
  bob = await people.person('bob');
  eve = await people.person('eve');
  look = await people.person('look', ['auditor']);
});
afterAll(async () => {
  await people[Symbol.asyncDispose]();
});

let spaces = 0;
/** A shared space that Ann owns. */
async function sharedSpace(): Promise<string> {
  spaces += 1;
  const name = `space-${spaces}`;
  expect((await people.ask('POST /v1/spaces', { as: root, body: { name, owner: 'ann' } })).status).toBe(201);
  return name;
}
const give = (space: string, name: string, role: GrantRole, folder = '') => {
  const subject = { kind: name === 'crew' ? 'group' : 'user', name } as const;
  return people.ask(`PUT /v1/spaces/${space}/grants`, { as: ann, body: { folder, subject, role } satisfies Grant });
};
const accessTo = (space: string, as: Person) => people.ask(`GET /v1/spaces/${space}/access`, { as });

describe('spaces', () => {
  test('are made by administrators, for an owner, who manages them', async () => {
    const body = { name: 'team', owner: 'ann', bytesMax: 1000 };
    expect(await people.ask('POST /v1/spaces', { as: ann, body })).toMatchObject({ status: 403, body: { code: 'NS_FORBIDDEN' } });
    const made = await people.ask('POST /v1/spaces', { as: root, body });
    expect(made).toMatchObject({ status: 201, body: { name: 'team', kind: 'shared', owner: 'ann', role: null, bytesMax: 1000 } });
    expect(await accessTo('team', ann)).toMatchObject({
      status: 200,
      body: {
        space: { name: 'team', role: 'manager' },
        isOwner: true,
        rules: [],
        cuts: [],
        quotas: [{ spaces: [made.body.id], bytesMax: 1000 }],
      },
    });
  });

  test.each([
    ['home-zoe', 409, 'NS_CONFLICT'],
    ['team', 409, 'NS_ALREADY_EXISTS'],
    ['tearn', 409, 'NS_ALREADY_EXISTS'],
    ['h0me-zoe', 409, 'NS_CONFLICT'],
    ['home_zoe', 409, 'NS_CONFLICT'],
    ['Team', 400, 'NS_BAD_REQUEST'],
    ['tëam', 400, 'NS_BAD_REQUEST'],
    ['a b', 400, 'NS_BAD_REQUEST'],
    ['..', 400, 'NS_BAD_REQUEST'],
  ])('cannot be called %s', async (name, status, code) => {
    const answer = await people.ask('POST /v1/spaces', { as: root, body: { name, owner: 'ann' } });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test('are not opened by being an administrator, until he gives himself a role', async () => {
    const space = await sharedSpace();
    expect((await accessTo(space, root)).status).toBe(404);
    expect((await people.ask(`GET /v1/spaces/${space}`, { as: root })).body).toMatchObject({ role: null });
    await people.ask(`PUT /v1/spaces/${space}/grants`, {
      as: root,
      body: { folder: '', subject: { kind: 'user', name: 'root' }, role: 'viewer' },
    });
    expect((await accessTo(space, root)).body).toMatchObject({ space: { role: 'viewer' } });
  });

  test('may get a name that looks like their own, and none that looks like that of another', async () => {
    for (const name of ['hall-10', 'attic']) await people.ask('POST /v1/spaces', { as: root, body: { name, owner: 'ann' } });
    const call = (space: string, name: string) => people.ask(`PATCH /v1/spaces/${space}`, { as: ann, body: { name } });
    expect(await call('attic', 'ha1l.1o')).toMatchObject({ status: 409, body: { code: 'NS_ALREADY_EXISTS' } });
    expect((await call('hall-10', 'hall_10')).body).toMatchObject({ name: 'hall_10' });
    expect((await call('attic', 'hall-10')).status).toBe(409);
  });

  test('change their name by a manager, their owner and quota by an administrator', async () => {
    const space = await sharedSpace();
    expect((await people.ask(`PATCH /v1/spaces/${space}`, { as: ann, body: { name: `${space}-new` } })).body).toMatchObject({
      name: `${space}-new`,
    });
    expect((await people.ask(`PATCH /v1/spaces/${space}-new`, { as: ann, body: { bytesMax: 5 } })).status).toBe(403);
    expect((await people.ask(`PATCH /v1/spaces/${space}-new`, { as: bob, body: { name: 'mine' } })).status).toBe(404);
    const changed = await people.ask(`PATCH /v1/spaces/${space}-new`, { as: root, body: { owner: 'bob', bytesMax: 5 } });
    expect(changed.body).toMatchObject({ owner: 'bob', bytesMax: 5 });
    expect((await accessTo(`${space}-new`, ann)).status).toBe(404);
    expect((await accessTo(`${space}-new`, bob)).body.isOwner).toBe(true);
  });

  test('that are homes keep their name', async () => {
    expect(await people.ask('PATCH /v1/spaces/home-ann', { as: ann, body: { name: 'mine' } })).toMatchObject({ status: 409 });
  });

  test('are listed for those who have something in them, and all of them for who oversees them', async () => {
    const space = await sharedSpace();
    await give(space, 'bob', 'editor', 'deep/er');
    await give(space, 'eve', 'none');
    const names = async (as: Person, query = '') =>
      (await people.ask(`GET /v1/spaces?limit=1000${query}`, { as })).body.spaces.map(({ name }: { name: string }) => name);
    expect(await names(bob)).toContain(space);
    expect(await names(eve)).toEqual(['home-eve']);
    expect(await names(look, '&all=1')).toEqual(expect.arrayContaining([space, 'home-ann', 'home-bob']));
    expect((await people.ask('GET /v1/spaces?all=1', { as: ann })).status).toBe(403);
    const me = await people.ask('GET /v1/me', { as: bob });
    expect(me.body.spaces).toContainEqual({ id: expect.any(String), name: space, kind: 'shared', owner: 'ann', role: 'editor' });
  });

  test('come page by page', async () => {
    for (let made = 0; made < 3; made += 1) await sharedSpace();
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await people.ask(`GET /v1/spaces?limit=2${cursor}`, { as: ann });
      seen.push(...body.spaces.map(({ name }: { name: string }) => name));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    const { body } = await people.ask('GET /v1/spaces?limit=1000', { as: ann });
    expect(seen).toEqual(body.spaces.map(({ name }: { name: string }) => name));
  });
});

describe('rules', () => {
  test('are given, replaced and taken by managers', async () => {
    const space = await sharedSpace();
    expect((await give(space, 'bob', 'viewer')).status).toBe(204);
    expect((await give(space, 'bob', 'editor')).status).toBe(204);
    expect((await give(space, 'bob', 'none', 'secret')).status).toBe(204);
    const bobs = { kind: 'user', name: 'bob' };
    expect((await people.ask(`GET /v1/spaces/${space}/grants`, { as: ann })).body).toEqual({
      owner: 'ann',
      grants: [
        { folder: '', subject: bobs, role: 'editor' },
        { folder: 'secret', subject: bobs, role: 'none' },
      ],
    });
    expect((await people.ask(`GET /v1/spaces/${space}/grants`, { as: bob })).status).toBe(403);
    expect((await people.ask(`GET /v1/spaces/${space}/grants`, { as: eve })).status).toBe(404);
    expect((await people.ask(`DELETE /v1/spaces/${space}/grants?user=bob`, { as: look })).status).toBe(404);
    expect((await people.ask(`DELETE /v1/spaces/${space}/grants?user=bob`, { as: ann })).status).toBe(204);
    expect((await accessTo(space, bob)).status).toBe(404);
  });

  test.each([
    [{ folder: 'a', subject: { kind: 'user', name: 'bob' }, role: 'manager' }, 400, 'NS_BAD_REQUEST'],
    [{ folder: '../a', subject: { kind: 'user', name: 'bob' }, role: 'viewer' }, 400, 'NS_BAD_PATH'],
    [{ folder: '', subject: { kind: 'user', name: 'nobody' }, role: 'viewer' }, 404, 'NS_NOT_FOUND'],
    [{ folder: '', subject: { kind: 'group', name: 'nobody' }, role: 'viewer' }, 404, 'NS_NOT_FOUND'],
    [{ folder: '', subject: { kind: 'user', name: 'bob' }, role: 'owner' }, 400, 'NS_BAD_REQUEST'],
  ])('like %j are refused', async (body, status, code) => {
    expect(await people.ask('PUT /v1/spaces/home-ann/grants', { as: ann, body })).toMatchObject({ status, body: { code } });
  });

  test('of groups hold for their members, and the person’s own come first', async () => {
    const space = await sharedSpace();
    expect((await people.ask('POST /v1/groups', { as: root, body: { name: 'crew' } })).status).toBe(201);
    await people.ask('PUT /v1/groups/crew/members/bob', { as: root });
    await people.ask('PUT /v1/groups/crew/members/eve', { as: root });
    const body = { folder: '', subject: { kind: 'group', name: 'crew' }, role: 'editor' };
    await people.ask(`PUT /v1/spaces/${space}/grants`, { as: root, body });
    await give(space, 'eve', 'viewer');
    expect((await accessTo(space, bob)).body.rules).toEqual([{ folder: '', role: 'editor', by: { kind: 'group', name: 'crew' } }]);
    expect((await accessTo(space, eve)).body.rules).toEqual([{ folder: '', role: 'viewer', by: { kind: 'user', name: 'eve' } }]);
    await people.ask('DELETE /v1/groups/crew/members/bob', { as: root });
    expect((await accessTo(space, bob)).status).toBe(404);
    await people.ask('DELETE /v1/groups/crew', { as: root });
    expect((await people.ask(`GET /v1/spaces/${space}/grants`, { as: ann })).body.grants).toHaveLength(1);
  });
});

describe('a group is named in rules', () => {
  const nameIt = (space: string, as: Person, role: GrantRole = 'viewer') =>
    people.ask(`PUT /v1/spaces/${space}/grants`, { as, body: { folder: '', subject: { kind: 'group', name: 'board' }, role } });
  beforeAll(async () => {
    await people.ask('POST /v1/groups', { as: root, body: { name: 'board' } });
    await people.ask('PUT /v1/groups/board/members/bob', { as: root });
  });

  test('by whoever is in it and by administrators, and to others it is not there', async () => {
    const answers = [await nameIt('home-eve', eve), await people.ask(`DELETE /v1/spaces/home-eve/grants?group=board`, { as: eve })];
    expect(answers).toMatchObject([{ status: 404 }, { status: 404 }]);
    const body = { folder: '', subject: { kind: 'group', name: 'no-such' }, role: 'viewer' };
    const { body: missing } = await people.ask('PUT /v1/spaces/home-eve/grants', { as: eve, body });
    expect(answers[0]?.body.detail).toBe(missing.detail);
    const names = (await people.ask('GET /v1/spaces/home-eve/viewers?path=', { as: eve })).body.viewers.map(({ username }) => username);
    expect(names).toEqual(['eve']);
    expect((await nameIt('home-bob', bob)).status).toBe(204);
  });

  test('where it has a role already, also by others who manage the space', async () => {
    const space = await sharedSpace();
    expect((await nameIt(space, ann)).status).toBe(404);
    expect((await nameIt(space, root)).status).toBe(204);
    expect((await nameIt(space, ann, 'editor')).status).toBe(204);
    expect((await people.ask(`DELETE /v1/spaces/${space}/grants?group=board`, { as: ann })).status).toBe(204);
    expect((await nameIt(space, ann)).status).toBe(404);
  });
});

describe('who can see this, and why', () => {
  test('is told to managers about everybody, and to everybody about himself', async () => {
    const space = await sharedSpace();
    await give(space, 'bob', 'viewer');
    await give(space, 'bob', 'none', 'secret');
    await give(space, 'eve', 'editor', 'secret/deep');
    const bobs = { kind: 'user', name: 'bob' };
    const all = await people.ask(`GET /v1/spaces/${space}/viewers?path=secret`, { as: ann });
    expect(all.body).toEqual({
      viewers: [
        { username: 'ann', actions: ['see', 'read', 'write', 'manage'], reason: { kind: 'owner' } },
        { username: 'eve', actions: ['see'], reason: { kind: 'way' } },
      ],
      nextCursor: null,
    });
    const one = await people.ask(`GET /v1/spaces/${space}/viewers?path=secret/x&user=bob`, { as: look });
    expect(one.body.viewers).toEqual([
      { username: 'bob', actions: [], reason: { kind: 'rule', rule: { folder: 'secret', role: 'none', by: bobs } } },
    ]);
    const own = await people.ask(`GET /v1/spaces/${space}/viewers?path=a.txt&user=bob`, { as: bob });
    expect(own.body.viewers).toEqual([
      { username: 'bob', actions: ['see', 'read'], reason: { kind: 'rule', rule: { folder: '', role: 'viewer', by: bobs } } },
    ]);
    expect((await people.ask(`GET /v1/spaces/${space}/viewers?path=secret&user=bob`, { as: bob })).status).toBe(404);
    expect((await people.ask(`GET /v1/spaces/${space}/viewers?path=a.txt`, { as: bob })).status).toBe(403);
    expect((await people.ask(`GET /v1/spaces/home-bob/viewers?path=&user=eve`, { as: eve })).status).toBe(404);
  });
});

describe('groups', () => {
  test('are changed by administrators and seen by auditors', async () => {
    await people.ask('POST /v1/groups', { as: root, body: { name: 'staff' } });
    expect((await people.ask('POST /v1/groups', { as: root, body: { name: 'staff' } })).body.code).toBe('NS_ALREADY_EXISTS');
    expect((await people.ask('POST /v1/groups', { as: look, body: { name: 'other' } })).status).toBe(403);
    await people.ask('PUT /v1/groups/staff/members/bob', { as: root });
    await people.ask('PUT /v1/groups/staff/members/bob', { as: root });
    expect((await people.ask('GET /v1/groups/staff', { as: look })).body).toEqual({ name: 'staff', members: ['bob'], nextCursor: null });
    expect((await people.ask('GET /v1/groups', { as: look })).body.groups).toContainEqual({ name: 'staff', members: 1 });
    expect((await people.ask('GET /v1/groups', { as: ann })).status).toBe(403);
    expect((await people.ask('PATCH /v1/groups/staff', { as: root, body: { name: 'team' } })).status).toBe(204);
    expect((await people.ask('GET /v1/groups/staff', { as: root })).status).toBe(404);
  });
});

describe('a quota of a user', () => {
  test('is about all spaces he owns, and is told to whoever writes there', async () => {
    const space = await sharedSpace();
    const url = `/v1/users/${bob.userId}/quota`;
    await people.ask(`PATCH /v1/spaces/${space}`, { as: root, body: { owner: 'bob' } });
    expect((await people.ask(`PUT ${url}`, { as: bob, body: { bytesMax: 1 } })).status).toBe(403);
    expect((await people.ask(`PUT ${url}`, { as: root, body: { bytesMax: 70 } })).status).toBe(204);
    expect((await people.ask(`GET ${url}`, { as: bob })).body).toEqual({
      bytesMax: 70,
      spaces: expect.arrayContaining([(await accessTo(space, bob)).body.space.id]),
    });
    const { quotas } = (await accessTo('home-bob', bob)).body;
    expect(quotas).toEqual([{ spaces: expect.arrayContaining([(await accessTo(space, bob)).body.space.id]), bytesMax: 70 }]);
    await people.ask(`PUT ${url}`, { as: root, body: { bytesMax: null } });
    expect((await accessTo('home-bob', bob)).body.quotas).toEqual([]);
    expect((await people.ask(`PUT /v1/users/${'0'.repeat(32)}/quota`, { as: root, body: { bytesMax: 1 } })).status).toBe(404);
  });
});

/** A shared space is deleted in two steps, between which it can be kept and nothing can be added to it. */
import { decide, openAccess } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';
import { ENDING_GRACE_MS } from './space-ending.ts';

let people: PeopleBench;
let root: Person;
let ann: Person;
let bob: Person;
beforeEach(async () => {
  people = await PeopleBench.start();
  root = await people.person('root', ['admin']);
  ann = await people.person('ann');
  bob = await people.person('bob');
  await people.ask('POST /v1/spaces', { as: root, body: { name: 'team', owner: 'ann' } });
  await give('bob', 'editor');
});
afterEach(async () => {
  await people[Symbol.asyncDispose]();
});

const give = (name: string, role: string) =>
  people.ask('PUT /v1/spaces/team/grants', { as: root, body: { folder: '', subject: { kind: 'user', name }, role } });
const mark = (as = ann, space = 'team') => people.ask(`PUT /v1/spaces/${space}/ending`, { as });
const keep = (as = ann) => people.ask('DELETE /v1/spaces/team/ending', { as });
const end = (since: string, as = ann) => people.ask(`DELETE /v1/spaces/team?since=${encodeURIComponent(since)}`, { as });
const look = async (as = ann) => (await people.ask('GET /v1/spaces/team', { as })).body;
const allowed = async (as: Person): Promise<string[]> => {
  const access = openAccess((await people.ask('GET /v1/spaces/team/access', { as })).body);
  return (['see', 'read', 'write', 'delete', 'manage'] as const).filter((action) => decide(access, action, 'a/b').isAllowed);
};
async function markedSince(): Promise<string> {
  return (await mark()).body.ending?.since ?? '';
}

describe('a space that is ending', () => {
  test('takes nothing any more, and can be read, emptied and looked after', async () => {
    expect((await look()).ending).toBeNull();
    expect((await mark()).body).toMatchObject({ name: 'team', ending: { secondsLeft: ENDING_GRACE_MS / 1000 } });
    expect(await allowed(ann)).toEqual(['see', 'read', 'delete', 'manage']);
    expect(await allowed(bob)).toEqual(['see', 'read', 'delete']);
    const viewers = (await people.ask('GET /v1/spaces/team/viewers?path=', { as: ann })).body.viewers;
    expect(viewers.map(({ actions }) => actions)).toEqual([
      ['see', 'read', 'manage'],
      ['see', 'read'],
    ]);
  });

  test('is as it was when it is kept', async () => {
    await mark();
    expect((await keep()).body.ending).toBeNull();
    expect(await allowed(bob)).toEqual(['see', 'read', 'write', 'delete']);
  });

  test('stays marked from the first time on, since nothing was added since', async () => {
    const since = await markedSince();
    people.bench.clock.pass(20_000);
    expect((await mark(root)).body.ending).toEqual({ since, secondsLeft: 45 });
  });

  test('has no links that open, and gets none', async () => {
    const made = await people.ask('POST /v1/spaces/team/links', { as: ann, body: { kind: 'view', path: '' } });
    const { token } = made.body as unknown as { readonly token: string };
    const open = () => people.ask('POST /v1/links/open', { body: { token } });
    expect((await open()).status).toBe(200);
    await mark();
    expect((await open()).body.code).toBe('NS_LINK_ENDED');
    const another = await people.ask('POST /v1/spaces/team/links', { as: ann, body: { kind: 'view', path: '' } });
    expect(another.body.code).toBe('NS_CONFLICT');
    await keep();
    expect((await open()).status).toBe(200);
  });
});

describe('a space goes', () => {
  test('when the time is over, with its rules, and its name is free', async () => {
    const since = await markedSince();
    people.bench.clock.pass(ENDING_GRACE_MS - 1);
    expect((await end(since)).body).toMatchObject({ code: 'NS_CONFLICT', detail: expect.stringContaining('1 s') });
    people.bench.clock.pass(1);
    expect((await end(since)).status).toBe(204);
    expect((await people.ask('GET /v1/spaces/team', { as: root })).status).toBe(404);
    expect(await people.bench.db.selectFrom('grants').selectAll().execute()).toEqual([]);
    expect((await end(since)).status).toBe(404);
    expect((await people.ask('POST /v1/spaces', { as: root, body: { name: 'team', owner: 'ann' } })).status).toBe(201);
    expect((await people.ask('GET /v1/spaces/team/access', { as: bob })).status).toBe(404);
  });

  test('not under an earlier mark: it was kept in between, and may have got something', async () => {
    const since = await markedSince();
    await keep();
    people.bench.clock.pass(1);
    await mark();
    people.bench.clock.pass(ENDING_GRACE_MS);
    expect((await end(since)).body.code).toBe('NS_CONFLICT');
    expect((await look()).name).toBe('team');
  });

  test('not without a mark', async () => {
    people.bench.clock.pass(ENDING_GRACE_MS);
    expect((await people.ask('GET /v1/spaces/team/ending', { as: ann })).body.code).toBe('NS_CONFLICT');
    expect((await end(new Date(0).toISOString())).body.code).toBe('NS_CONFLICT');
    expect((await look()).name).toBe('team');
  });

  test('by its managers and by admins, and never when it is a home', async () => {
    expect((await mark(bob)).body.code).toBe('NS_FORBIDDEN');
    expect((await mark(ann, 'nowhere')).status).toBe(404);
    expect((await mark(ann, 'home-ann')).body.code).toBe('NS_CONFLICT');
    expect((await mark(root)).status).toBe(200);
    expect((await keep(bob)).body.code).toBe('NS_FORBIDDEN');
    expect((await end('x', bob)).body.code).toBe('NS_FORBIDDEN');
  });
});

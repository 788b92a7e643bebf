import { type FoundLink, type IssuedShareLink, newShareLinkId, parseShareLinkId, type ShareLinks } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, PeopleBench, type Person } from '../testing/people-bench.ts';

const HOUR_MS = 60 * 60 * 1000;
const SESSION = 'a'.repeat(32);

let people: PeopleBench;
let ann: Person;
beforeEach(async () => {
  people = await PeopleBench.start();
  ann = await people.person('ann');
});
afterEach(async () => {
  await people[Symbol.asyncDispose]();
});

async function make(asked: object = {}): Promise<IssuedShareLink> {
  const { status, body } = await people.ask('POST /v1/spaces/home-ann/links', { as: ann, body: { kind: 'view', path: 'out', ...asked } });
  expect(status).toBe(201);
  return body as unknown as IssuedShareLink;
}
const open = (token: string, password?: string): Promise<Answer> =>
  people.ask('POST /v1/links/open', { body: { token, ...(password === undefined ? {} : { password }) } });
const count = (id: string, asked: object = {}): Promise<Answer> =>
  people.ask(`POST /v1/links/${id}/downloads`, {
    body: { session: SESSION, version: 'v1', isContinuation: false, sizeBytes: 1_000_000, lengthBytes: 1_000_000, ...asked },
  });
const breakOff = (id: string, asked: object = {}): Promise<Answer> =>
  people.ask(`POST /v1/links/${id}/downloads/broken`, {
    body: { session: SESSION, version: 'v1', isContinuation: false, unsentBytes: 0, ...asked },
  });

describe('counting downloads', () => {
  test('lets as many through as the link allows, of a hundred at once', async () => {
    const { link } = await make({ downloadsMax: 3 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => count(link.id)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(3);
    expect(answers.filter(({ body }) => body.code === 'NS_LINK_USED_UP')).toHaveLength(97);
  });

  test('takes what goes on after the first byte for the same download, for an hour and in the same session', async () => {
    const { link } = await make({ downloadsMax: 1 });
    expect((await count(link.id, { isContinuation: true, version: 'v2' })).status).toBe(204);
    expect((await count(link.id, { isContinuation: true, version: 'v2' })).status).toBe(204);
    for (const other of [{ session: 'b'.repeat(32) }, { version: 'v3' }, { isContinuation: false }])
      expect((await count(link.id, { isContinuation: true, version: 'v2', ...other })).body.code).toBe('NS_LINK_USED_UP');
    people.bench.clock.pass(HOUR_MS);
    expect((await count(link.id, { isContinuation: true, version: 'v2' })).body.code).toBe('NS_LINK_USED_UP');
  });

  test('lets one that broke off begin again, once', async () => {
    const { link } = await make({ downloadsMax: 1 });
    expect((await count(link.id)).status).toBe(204);
    expect((await count(link.id)).body.code).toBe('NS_LINK_USED_UP');
    await breakOff(link.id);
    const again = await Promise.all([count(link.id), count(link.id), count(link.id)]);
    expect(again.map(({ status }) => status).sort()).toEqual([204, 410, 410]);
    await breakOff(link.id);
    expect((await count(link.id)).body.code).toBe('NS_LINK_USED_UP');
  });

  test('sends twice the size of the file for one of them, in whatever parts', async () => {
    const { link } = await make({ downloadsMax: 1 });
    expect((await count(link.id)).status).toBe(204);
    const rest = { isContinuation: true, lengthBytes: 999_999 };
    expect((await count(link.id, rest)).status).toBe(204);
    expect((await count(link.id, rest)).body.code).toBe('NS_LINK_USED_UP');
    const parts = await Promise.all([count(link.id, { ...rest, lengthBytes: 1 }), count(link.id, { ...rest, lengthBytes: 1 })]);
    expect(parts.map(({ status }) => status).sort()).toEqual([204, 410]);
  });

  test('gives back what did not go out, however often a connection breaks', async () => {
    const { link } = await make({ downloadsMax: 1 });
    expect((await count(link.id)).status).toBe(204);
    await breakOff(link.id, { unsentBytes: 990_000 });
    for (let sent = 10_000; sent < 1_000_000; sent += 10_000) {
      const rest = { isContinuation: true, lengthBytes: 1_000_000 - sent };
      expect((await count(link.id, rest)).status).toBe(204);
      await breakOff(link.id, { isContinuation: true, unsentBytes: rest.lengthBytes - 10_000 });
    }
    expect((await count(link.id)).status).toBe(204);
    expect((await count(link.id, { isContinuation: true, lengthBytes: 1 })).body.code).toBe('NS_LINK_USED_UP');
  });

  test('lets a player glance at the beginning before it takes the whole', async () => {
    const { link } = await make({ downloadsMax: 1 });
    expect((await count(link.id, { lengthBytes: 2 })).status).toBe(204);
    expect((await count(link.id)).status).toBe(204);
    expect((await count(link.id)).body.code).toBe('NS_LINK_USED_UP');
  });
});

describe('a user', () => {
  const MAX = 1_000;

  /** Copies of one that was made, older ones first. */
  async function insertMany(count: number, changed: object): Promise<void> {
    const { link } = await make();
    const row = await people.bench.db
      .selectFrom('shareLinks')
      .selectAll()
      .where('id', '=', parseShareLinkId(link.id))
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: count }, (_, index) => {
      const id = newShareLinkId();
      return { ...row, ...changed, id, tokenHash: id, createdAt: row.createdAt - count + index };
    });
    for (let at = 0; at < count; at += 500)
      await people.bench.db
        .insertInto('shareLinks')
        .values(rows.slice(at, at + 500))
        .execute();
    await people.bench.db.deleteFrom('shareLinks').where('id', '=', row.id).execute();
  }

  test('may have as many links as are allowed, and those that are over do not count', async () => {
    await insertMany(MAX, { endedAt: people.bench.clock.now() });
    await insertMany(MAX - 1, {});
    await make();
    const { status, body } = await people.ask('POST /v1/spaces/home-ann/links', { as: ann, body: { kind: 'view', path: 'out' } });
    expect([status, body.code]).toEqual([409, 'NS_CONFLICT']);
  });

  test('has links in a space that is being deleted counted as before, because it may be kept', async () => {
    const admin = await people.person('root', ['admin']);
    const { body } = await people.ask('POST /v1/spaces', { as: admin, body: { name: 'team', owner: 'ann' } });
    await insertMany(MAX, { spaceId: body['id'] });
    expect((await people.ask('PUT /v1/spaces/team/ending', { as: ann })).status).toBeLessThan(300);
    const links = async (): Promise<string[]> =>
      ((await people.ask('GET /v1/me/links', { as: ann })).body as unknown as ShareLinks).links.map(({ state }) => state);
    expect(await links()).toEqual(Array.from({ length: MAX }, () => 'ended'));
    const { status } = await people.ask('POST /v1/spaces/home-ann/links', { as: ann, body: { kind: 'view', path: 'out' } });
    expect([status, (await links()).length]).toEqual([409, MAX]);
  });

  test('keeps as many that are over: the oldest are let go', async () => {
    await insertMany(MAX + 5, { downloadsMax: 1, downloadsUsed: 1 });
    await make();
    const { links } = (await people.ask('GET /v1/me/links', { as: ann })).body as unknown as ShareLinks;
    expect(links.map(({ state }) => state)).toEqual(['live', ...Array.from({ length: MAX - 1 }, () => 'used-up')]);
  });
});

describe('a link', () => {
  test('is told apart when it is unknown, expired, ended, used up or locked', async () => {
    expect((await open('nonsense')).body.code).toBe('NS_LINK_UNKNOWN');
    const locked = await make({ password: 'open sesame' });
    expect((await open(locked.token)).body.code).toBe('NS_LINK_PASSWORD');
    expect((await open(locked.token, 'wrong')).body.code).toBe('NS_LINK_PASSWORD');
    expect((await open(locked.token, 'open sesame')).body as unknown as FoundLink).toMatchObject({ path: 'out', sharedBy: 'ann' });
    const used = await make({ downloadsMax: 1 });
    await count(used.link.id);
    expect((await open(used.token)).body.code).toBe('NS_LINK_USED_UP');
    await people.ask(`DELETE /v1/me/links/${locked.link.id}`, { as: ann });
    expect((await open(locked.token, 'open sesame')).body.code).toBe('NS_LINK_ENDED');
    const brief = await make({ expiresInSeconds: 1 });
    people.bench.clock.pass(1_000);
    expect((await open(brief.token)).body.code).toBe('NS_LINK_EXPIRED');
  });

  test('is ended by its maker or by who manages the space, and seen by nobody else', async () => {
    const bob = await people.person('bob');
    const { link, token } = await make();
    expect((await people.ask(`DELETE /v1/me/links/${link.id}`, { as: bob })).status).toBe(404);
    expect((await people.ask('GET /v1/spaces/home-ann/links', { as: bob })).status).toBe(404);
    expect((await people.ask('POST /v1/spaces/home-ann/links', { as: bob, body: { kind: 'view', path: 'out' } })).status).toBe(404);
    const { body } = await people.ask('GET /v1/spaces/home-ann/links', { as: ann });
    expect((body as unknown as ShareLinks).links.map(({ id }) => id)).toEqual([link.id]);
    expect(JSON.stringify(body)).not.toContain(token);
    expect((await people.ask(`DELETE /v1/spaces/home-ann/links/${link.id}`, { as: ann })).status).toBe(204);
  });

  test('leaves of its maker’s rights what it was made for', async () => {
    for (const [kind, action] of [
      ['view', 'read'],
      ['drop', 'write'],
    ]) {
      const { link } = await make({ kind });
      const { body } = await people.ask(`GET /v1/links/${link.id}/spaces/home-ann/access`);
      expect(body.cuts).toEqual([{ path: 'out', actions: [action] }]);
    }
  });
});

import { isErrorCode, type OpenedShare, type Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeKey, FakeMembership, FakePerson } from '../testing/fake-auth.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

const WHO = ['anonymous', 'stranger', 'viewer', 'editor', 'manager', 'admin', 'auditor', 'disabled', 'guest', 'narrowed'] as const;
/** What programs present: all verbs and reading alone in that folder, and all verbs in another one. */
const KEYS = ['key', 'key that reads', 'key elsewhere'] as const;
/** Share sessions of Alice's links to that folder. */
const LINKS = ['link', 'drop link'] as const;
type Who = (typeof WHO)[number] | (typeof KEYS)[number] | (typeof LINKS)[number];

/**
 * What each kind of person gets. `ok` is any answer below 400. The space is Alice's, who manages it; admins and auditors are no members of it. Files are
 * asked for in one folder: the guest may read that alone, the narrowed editor may do nothing in it. The keys are Alice's, who may do all that is about
 * files: what is about people is closed to every key.
 */
interface Row {
  readonly route: string;
  readonly expected: Readonly<Record<Who, 'ok' | number>>;
}

const reads = {
  anonymous: 401,
  stranger: 404,
  viewer: 'ok',
  editor: 'ok',
  manager: 'ok',
  admin: 404,
  auditor: 404,
  disabled: 401,
  guest: 'ok',
  narrowed: 404,
  key: 'ok',
  'key that reads': 'ok',
  'key elsewhere': 404,
  link: 401,
  'drop link': 401,
} as const;
const noKeys = { key: 403, 'key that reads': 403, 'key elsewhere': 403 } as const;
const writes = { ...reads, viewer: 403, guest: 403, 'key that reads': 403 } as const;
const signedIn = { ...reads, stranger: 'ok', admin: 'ok', auditor: 'ok', narrowed: 'ok', ...noKeys } as const;
const forAdmins = {
  anonymous: 401,
  stranger: 403,
  viewer: 403,
  editor: 403,
  manager: 403,
  admin: 'ok',
  auditor: 403,
  disabled: 401,
  guest: 403,
  narrowed: 403,
  ...noKeys,
  link: 401,
  'drop link': 401,
} as const;
const forOverseers = { ...forAdmins, auditor: 'ok' } as const;
/** By who manages the space, and by roles in the cluster. */
const looks = { ...reads, viewer: 403, editor: 403, admin: 'ok', auditor: 'ok', guest: 403, narrowed: 403, ...noKeys } as const;
const looksAfter = { ...looks, auditor: 404 } as const;
/** What holders of links get, and nobody by another proof. */
const nobody = Object.fromEntries([...WHO, ...KEYS].map((who) => [who, 401])) as Record<Exclude<Who, 'link' | 'drop link'>, 401>;
const forLinks = { ...nobody, link: 'ok', 'drop link': 403 } as const;
const forDropLinks = { ...nobody, link: 403, 'drop link': 'ok' } as const;
const MATRIX: readonly Row[] = [
  { route: 'POST /api/v1/spaces/{space}/links', expected: { ...reads, ...noKeys, 'key elsewhere': 403 } },
  { route: 'GET /api/v1/spaces/{space}/links', expected: looks },
  { route: 'DELETE /api/v1/spaces/{space}/links/{id}', expected: looksAfter },
  { route: 'GET /api/v1/me/links', expected: signedIn },
  { route: 'DELETE /api/v1/me/links/{id}', expected: signedIn },
  { route: 'GET /api/v1/share/entries', expected: forLinks },
  { route: 'POST /api/v1/share/tickets', expected: forLinks },
  { route: 'PUT /api/v1/share/files/{path}', expected: forDropLinks },
  { route: 'GET /api/v1/spaces/{space}/entries', expected: reads },
  { route: 'GET /api/v1/spaces/{space}/entries/{path}', expected: reads },
  { route: 'GET /api/v1/spaces/{space}/files/{path}', expected: reads },
  { route: 'HEAD /api/v1/spaces/{space}/files/{path}', expected: reads },
  { route: 'PUT /api/v1/spaces/{space}/files/{path}', expected: writes },
  { route: 'DELETE /api/v1/spaces/{space}/files/{path}', expected: writes },
  { route: 'POST /api/v1/spaces/{space}/files', expected: writes },
  { route: 'POST /api/v1/spaces/{space}/operations', expected: writes },
  { route: 'POST /api/v1/spaces/{space}/tickets', expected: reads },
  { route: 'GET /api/v1/spaces/{space}/trash', expected: { ...reads, narrowed: 'ok', 'key elsewhere': 'ok' } },
  { route: 'GET /api/v1/spaces', expected: signedIn },
  { route: 'POST /api/v1/spaces', expected: forAdmins },
  { route: 'GET /api/v1/spaces/{space}', expected: { ...signedIn, stranger: 404 } },
  { route: 'PATCH /api/v1/spaces/{space}', expected: looksAfter },
  { route: 'GET /api/v1/spaces/{space}/grants', expected: looks },
  { route: 'PUT /api/v1/spaces/{space}/grants', expected: looksAfter },
  { route: 'DELETE /api/v1/spaces/{space}/grants', expected: looksAfter },
  { route: 'GET /api/v1/spaces/{space}/access', expected: looks },
  { route: 'GET /api/v1/users/{id}/quota', expected: forOverseers },
  { route: 'PUT /api/v1/users/{id}/quota', expected: forAdmins },
  { route: 'GET /api/v1/groups', expected: forOverseers },
  { route: 'POST /api/v1/groups', expected: forAdmins },
  { route: 'GET /api/v1/groups/{group}', expected: forOverseers },
  { route: 'PATCH /api/v1/groups/{group}', expected: forAdmins },
  { route: 'DELETE /api/v1/groups/{group}', expected: forAdmins },
  { route: 'PUT /api/v1/groups/{group}/members/{user}', expected: forAdmins },
  { route: 'DELETE /api/v1/groups/{group}/members/{user}', expected: forAdmins },
  { route: 'GET /api/v1/audit', expected: forOverseers },
  { route: 'GET /api/v1/audit/export', expected: forOverseers },
  { route: 'GET /api/v1/cluster', expected: signedIn },
  { route: 'GET /api/v1/me', expected: signedIn },
  { route: 'GET /api/v1/users', expected: forOverseers },
  { route: 'POST /api/v1/users', expected: forAdmins },
  { route: 'GET /api/v1/users/{id}', expected: forOverseers },
  { route: 'PATCH /api/v1/users/{id}', expected: forAdmins },
  { route: 'DELETE /api/v1/users/{id}', expected: forAdmins },
  { route: 'POST /api/v1/users/{id}/password-reset', expected: forAdmins },
  { route: 'DELETE /api/v1/users/{id}/second-factor', expected: forAdmins },
  { route: 'GET /api/v1/invitations', expected: forOverseers },
  { route: 'POST /api/v1/invitations', expected: forAdmins },
  { route: 'DELETE /api/v1/invitations/{id}', expected: forAdmins },
  { route: 'GET /api/v1/users/{id}/keys', expected: forOverseers },
  { route: 'DELETE /api/v1/keys/{id}', expected: forAdmins },
  { route: 'GET /api/v1/me/keys', expected: signedIn },
  { route: 'POST /api/v1/me/keys', expected: signedIn },
  { route: 'DELETE /api/v1/me/keys/{id}', expected: signedIn },
  { route: 'POST /api/v1/me/password', expected: signedIn },
  { route: 'GET /api/v1/me/sessions', expected: signedIn },
  { route: 'DELETE /api/v1/me/sessions/{id}', expected: signedIn },
  { route: 'GET /api/v1/me/second-factor', expected: signedIn },
  { route: 'POST /api/v1/me/second-factor/enrol', expected: signedIn },
  { route: 'POST /api/v1/me/second-factor/confirm', expected: signedIn },
  { route: 'DELETE /api/v1/me/second-factor', expected: signedIn },
];
/** Routes that are for everybody, each because it has another proof or gives nothing away. */
const OPEN = [
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'POST /api/v1/sessions',
  'POST /api/v1/sessions/refresh',
  'DELETE /api/v1/sessions/current',
  'POST /api/v1/invitations/look-up',
  'POST /api/v1/invitations/accept',
  'POST /api/v1/password-resets/look-up',
  'POST /api/v1/password-resets/accept',
  'POST /api/v1/share/open',
  'GET /content/shared/{ticket}/{name}',
  'HEAD /content/shared/{ticket}/{name}',
  'GET /content/{ticket}/{name}',
  'HEAD /content/{ticket}/{name}',
];

let bench: GatewayBench;
let people: Record<(typeof WHO)[number], FakePerson | undefined>;
let keys: Record<(typeof KEYS)[number], FakeKey>;
let links: Record<(typeof LINKS)[number], string>;
beforeAll(async () => {
  bench = await GatewayBench.start();
  const id = bench.alice.spaces.get('home-alice')?.id ?? '';
  const member = (name: string, membership: Omit<FakeMembership, 'id'>): FakePerson => {
    const person = bench.auth.person(name, {});
    person.spaces.set('home-alice', { id, ...membership });
    return person;
  };
  people = {
    anonymous: undefined,
    stranger: bench.auth.person('stranger'),
    viewer: member('viewer', { role: 'viewer' }),
    editor: member('editor', { role: 'editor' }),
    manager: bench.alice,
    admin: bench.auth.person('admin', {}, ['admin', 'member']),
    auditor: bench.auth.person('auditor', {}, ['auditor']),
    disabled: bench.auth.person('disabled', {}, ['admin', 'member']),
    guest: member('guest', { role: 'viewer', rules: [{ folder: 'folder', role: 'viewer' }] }),
    narrowed: member('narrowed', {
      role: 'editor',
      rules: [
        { folder: '', role: 'editor' },
        { folder: 'folder', role: 'none' },
      ],
    }),
  };
  const all = ['read', 'write', 'delete'] as const;
  keys = {
    key: bench.auth.key(bench.alice, { path: 'folder', actions: [...all] }),
    'key that reads': bench.auth.key(bench.alice, { path: 'folder', actions: ['read'] }),
    'key elsewhere': bench.auth.key(bench.alice, { path: 'folder two', actions: [...all] }),
  };
  if (people.disabled !== undefined) bench.auth.end(people.disabled.sessionId);
  await bench.operate('home-alice', { kind: 'make-folder', path: 'folder' });
  const openedAs = async (kind: 'view' | 'drop'): Promise<string> => {
    const body = JSON.stringify({ token: bench.auth.links.add({ person: bench.alice, kind, path: 'folder' }) });
    const answer = await fetch(`${bench.url}/api/v1/share/open`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    return ((await answer.json()) as OpenedShare).session;
  };
  links = { link: await openedAs('view'), 'drop link': await openedAs('drop') };
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

const ID = '0'.repeat(32);
const PASSWORD = 'correct horse battery';
/** By the end of the route. Those that are not here have no body. */
const JSON_BODIES: readonly (readonly [RegExp, () => object])[] = [
  [/^POST .*\/share\/tickets$/, () => ({ path: 'there', disposition: 'inline' })],
  [/^POST .*\/links$/, () => ({ kind: 'view', path: 'folder' })],
  [/^POST .*\/tickets$/, () => ({ path: 'folder/there', disposition: 'inline' })],
  [/^POST .*\/operations$/, () => ({ kind: 'make-folder', path: `folder/f${crypto.randomUUID()}` })],
  [/^POST .*\/spaces$/, () => ({ name: 'team', owner: 'alice' })],
  [/^PATCH .*\/spaces\/\{space\}$/, () => ({ name: 'team' })],
  [/^PUT .*\/grants$/, () => ({ folder: '', subject: { kind: 'user', name: 'bob' }, role: 'viewer' })],
  [/^PUT .*\/quota$/, () => ({ bytesMax: 1 })],
  [/^(POST|PATCH) .*\/groups/, () => ({ name: 'crew' })],
  [/^POST .*\/users$/, () => ({ username: 'somebody', password: PASSWORD, roles: ['member'] })],
  [/^PATCH .*\/users\/\{id\}$/, () => ({ isDisabled: true })],
  [/^DELETE .*\/users\/\{id\}$/, () => ({ reassignTo: ID })],
  [/^POST .*\/invitations$/, () => ({ roles: ['member'] })],
  [/^POST .*\/me\/keys$/, () => ({ name: 'backup', verbs: ['read'], password: PASSWORD })],
  [/^POST .*\/me\/password$/, () => ({ oldPassword: PASSWORD, newPassword: PASSWORD })],
  [/\/enrol$/, () => ({ password: PASSWORD })],
  [/\/confirm$/, () => ({ code: '123456' })],
  [/^DELETE .*\/me\/second-factor$/, () => ({ password: PASSWORD, code: '123456' })],
];

function bodyOf(route: string): RequestInit {
  if (route.endsWith('{path}') && route.startsWith('PUT')) return { body: 'x' };
  if (route.endsWith('/files')) {
    const form = new FormData();
    form.append('folder', 'folder');
    form.append('file', new Blob(['x']), 'formed');
    return { body: form };
  }
  const [, json] = JSON_BODIES.find(([pattern]) => pattern.test(route)) ?? [];
  return json === undefined ? {} : { body: JSON.stringify(json()), headers: { 'content-type': 'application/json' } };
}

const NAMES = { space: 'home-alice', path: 'folder/there', id: ID, group: 'crew', user: 'bob' };
const QUERIES: Readonly<Record<string, string>> = {
  'GET /api/v1/spaces/{space}/entries': '?folder=folder',
  'GET /api/v1/spaces/{space}/access': '?path=folder',
  'DELETE /api/v1/spaces/{space}/grants': '?user=bob',
  'GET /api/v1/audit/export': '?format=json',
};

async function ask(route: string, who: Who): Promise<Response> {
  await bench.fetch('/api/v1/spaces/home-alice/files/folder/there', { method: 'PUT', body: 'x' });
  const [method = '', template = ''] = route.split(' ');
  const names = template.includes('/share/') ? { ...NAMES, path: 'sent' } : NAMES;
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof NAMES) => names[name]) + (QUERIES[route] ?? '');
  const init = { method, ...bodyOf(route) };
  if (who in keys) return fetch(bench.url + path, withKey(init, keys[who as keyof typeof keys].text));
  if (who in links) return fetch(bench.url + path, withKey(init, links[who as keyof typeof links]));
  const person = people[who as keyof typeof people];
  return person === undefined ? fetch(bench.url + path, init) : bench.fetch(path, { ...init, person });
}

function withKey(init: RequestInit, text: string): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string> | undefined), authorization: `Bearer ${text}` } };
}

describe('every route', () => {
  test('has a row in the matrix or is open for a reason', async () => {
    const document = (await (await fetch(`${bench.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([...MATRIX.map(({ route }) => route), ...OPEN].sort());
  });

  test.each(MATRIX.flatMap((row) => [...WHO, ...KEYS, ...LINKS].map((who) => [row.route, who, row.expected[who]] as const)))(
    '%s by %s is %s',
    async (route, who, expected) => {
      const answer = await ask(route, who);
      if (expected === 'ok') expect(answer.status).toBeLessThan(400);
      else expect(answer.status).toBe(expected);
      if (expected !== 'ok' && !route.startsWith('HEAD')) expect(isErrorCode(((await answer.json()) as Problem).code)).toBe(true);
    },
  );

  test('answers "not yours" and "not there" alike', async () => {
    const [foreign, missing] = await Promise.all(
      ['home-alice', 'home-nobody'].map(async (space) => {
        const answer = await bench.fetch(`/api/v1/spaces/${space}/entries`, {
          ...(people.stranger === undefined ? {} : { person: people.stranger }),
        });
        const { requestId: _, ...problem } = (await answer.json()) as Problem;
        return { status: answer.status, problem };
      }),
    );
    expect(foreign).toEqual(missing);
  });

  test.each([['.'], ['..'], ['%2e%2e'], ['%2e%2e%2fsessions'], ['x'.repeat(129)], ['a%2fb']])('knows no space %s', async (space) => {
    const answer = await bench.fetch(`/api/v1/spaces/${space}/entries`);
    expect([400, 404]).toContain(answer.status);
    expect(bench.auth.requests.filter((request) => request.includes('..') || request.includes('/sessions/access'))).toEqual([]);
  });
});

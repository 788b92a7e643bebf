import { isErrorCode, type Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakePerson } from '../testing/fake-auth.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

/** What each kind of person gets from each route of a space that Alice manages. `ok` is any answer below 400. */
const MATRIX = [
  { route: 'GET /api/v1/spaces/{space}/entries', anonymous: 401, stranger: 404, viewer: 'ok', editor: 'ok', manager: 'ok' },
  { route: 'GET /api/v1/spaces/{space}/entries/{path}', anonymous: 401, stranger: 404, viewer: 'ok', editor: 'ok', manager: 'ok' },
  { route: 'GET /api/v1/spaces/{space}/files/{path}', anonymous: 401, stranger: 404, viewer: 'ok', editor: 'ok', manager: 'ok' },
  { route: 'HEAD /api/v1/spaces/{space}/files/{path}', anonymous: 401, stranger: 404, viewer: 'ok', editor: 'ok', manager: 'ok' },
  { route: 'PUT /api/v1/spaces/{space}/files/{path}', anonymous: 401, stranger: 404, viewer: 403, editor: 'ok', manager: 'ok' },
  { route: 'DELETE /api/v1/spaces/{space}/files/{path}', anonymous: 401, stranger: 404, viewer: 403, editor: 'ok', manager: 'ok' },
  { route: 'POST /api/v1/spaces/{space}/files', anonymous: 401, stranger: 404, viewer: 403, editor: 'ok', manager: 'ok' },
  { route: 'POST /api/v1/spaces/{space}/operations', anonymous: 401, stranger: 404, viewer: 403, editor: 'ok', manager: 'ok' },
  { route: 'POST /api/v1/spaces/{space}/tickets', anonymous: 401, stranger: 404, viewer: 'ok', editor: 'ok', manager: 'ok' },
  { route: 'GET /api/v1/spaces/{space}/trash', anonymous: 401, stranger: 404, viewer: 'ok', editor: 'ok', manager: 'ok' },
  { route: 'GET /api/v1/cluster', anonymous: 401, stranger: 'ok', viewer: 'ok', editor: 'ok', manager: 'ok' },
  { route: 'GET /api/v1/me', anonymous: 401, stranger: 'ok', viewer: 'ok', editor: 'ok', manager: 'ok' },
] as const;
/** Routes that are for everybody, each because it has another proof or gives nothing away. */
const OPEN = [
  'GET /api/v1/setup',
  'POST /api/v1/setup',
  'POST /api/v1/sessions',
  'POST /api/v1/sessions/refresh',
  'DELETE /api/v1/sessions/current',
  'GET /content/{ticket}/{name}',
  'HEAD /content/{ticket}/{name}',
];
const WHO = ['anonymous', 'stranger', 'viewer', 'editor', 'manager'] as const;

let bench: GatewayBench;
let people: Record<(typeof WHO)[number], FakePerson | undefined>;
beforeAll(async () => {
  bench = await GatewayBench.start();
  const id = bench.alice.spaces.get('home-alice')?.id ?? '';
  const member = (name: string, role: 'viewer' | 'editor'): FakePerson => {
    const person = bench.auth.person(name, {});
    person.spaces.set('home-alice', { id, role });
    return person;
  };
  people = {
    anonymous: undefined,
    stranger: bench.auth.person('stranger'),
    viewer: member('viewer', 'viewer'),
    editor: member('editor', 'editor'),
    manager: bench.alice,
  };
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

function bodyOf(route: string): RequestInit {
  if (route.startsWith('PUT')) return { body: 'x' };
  if (!route.startsWith('POST')) return {};
  if (route.endsWith('/files')) {
    const form = new FormData();
    form.append('file', new Blob(['x']), 'formed');
    return { body: form };
  }
  const json = route.endsWith('/tickets')
    ? { path: 'there', disposition: 'inline' }
    : { kind: 'make-folder', path: `f${crypto.randomUUID()}` };
  return { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
}

async function ask(route: string, who: (typeof WHO)[number]): Promise<Response> {
  await bench.fetch('/api/v1/spaces/home-alice/files/there', { method: 'PUT', body: 'x' });
  const [method = '', template = ''] = route.split(' ');
  const path = template.replace('{space}', 'home-alice').replace('{path}', 'there');
  const init = { method, ...bodyOf(route) };
  const person = people[who];
  return person === undefined ? fetch(bench.url + path, init) : bench.fetch(path, { ...init, person });
}

describe('every route', () => {
  test('has a row in the matrix or is open for a reason', async () => {
    const document = (await (await fetch(`${bench.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([...MATRIX.map(({ route }) => route), ...OPEN].sort());
  });

  test.each(MATRIX.flatMap((row) => WHO.map((who) => [row.route, who, row[who]] as const)))(
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

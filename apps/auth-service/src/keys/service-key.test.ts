import { SERVICE_KEY_HEADER } from '@netstore/shared-types';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';

const OPEN = ['/.well-known/jwks.json', '/livez', '/metrics', '/readyz'];
let people: PeopleBench;
let admin: Person;
beforeAll(async () => {
  people = await PeopleBench.start();
  admin = await people.person('ada', ['admin', 'auditor']);
});
afterAll(async () => {
  await people[Symbol.asyncDispose]();
});

/** As the router prints them: a tree whose branches are parts of the path, four columns a level. */
function routesOf(app: FastifyInstance): string[] {
  const branch: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^(.*?)[├└]── (.*) \((.*)\)$/.exec(line) ?? [];
      branch.splice(indent.length / 4, Number.POSITIVE_INFINITY, part);
      return methods.split(', ').map((method) => `${method} ${branch.join('')}`);
    });
}

async function answered(headers: Record<string, string>): Promise<string[]> {
  const routes: string[] = [];
  for (const route of routesOf(people.app)) {
    const [method, url] = route.split(' ') as ['GET', string];
    const answer = await people.app.inject({ method, url, headers: { authorization: `Bearer ${admin.accessToken}`, ...headers } });
    if (answer.statusCode !== 401) routes.push(route);
    else if (method !== ('HEAD' as string)) expect(answer.json()).toMatchObject({ detail: expect.stringContaining('service key') });
  }
  return routes.sort();
}

test('the walk sees every route', () => {
  const routes = routesOf(people.app);
  expect(routes).toEqual(expect.arrayContaining(['GET /v1/me', 'DELETE /v1/users/:id/second-factor', 'POST /v1/audit/entries']));
  expect(routes.length).toBeGreaterThan(70);
});

test.each([
  ['without the service key', {}],
  ['with a wrong one', { [SERVICE_KEY_HEADER]: '08'.repeat(32) }],
  ['with an empty one', { [SERVICE_KEY_HEADER]: '' }],
])('%s nothing is answered but what is open to all, whatever token comes along', async (_, headers) => {
  expect(await answered(headers)).toEqual(['GET', 'HEAD'].flatMap((method) => OPEN.map((url) => `${method} ${url}`)));
});

test('what is not there is not told apart without it either', async () => {
  const headers = { authorization: `Bearer ${admin.accessToken}` };
  expect((await people.app.inject({ url: '/v1/nowhere', headers })).statusCode).toBe(401);
  expect((await people.ask('GET /v1/nowhere', { as: admin })).status).toBe(404);
});

/** Every route by every kind of principal, with the auth service that decides, the nodes and the gateway all real. */
import { isErrorCode, type Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPEN, type Outcome, ROWS, type Row } from '../../support/access-rows.ts';
import { type AccessWorld, FOLDER, KINDS, type Kind, populate, SPACE } from '../../support/access-world.ts';
import { type Gateway, startGateway } from '../../support/gateway.ts';

const NAMES = { space: SPACE, path: `${FOLDER}/there`, id: '0'.repeat(32), group: 'crew', user: 'target' };

let gateway: Gateway;
let world: AccessWorld;
beforeAll(async () => {
  gateway = await startGateway();
  world = await populate(gateway);
  const headers = { authorization: `Bearer ${world.proofs.owner}` };
  const answer = await fetch(`${gateway.url}/api/v1/spaces/${SPACE}/files/${NAMES.path}`, { method: 'PUT', body: 'x', headers });
  expect(answer.status).toBe(201);
});
afterAll(() => gateway[Symbol.asyncDispose]());

function ask({ route, names, query = '', body }: Row, kind: Kind): Promise<Response> {
  const [method = '', template = ''] = route.split(' ');
  const named: Readonly<Record<string, string>> = { ...NAMES, ...names?.(world, kind) };
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => named[name] ?? '');
  const proof = world.proofs[kind];
  const headers = new Headers(proof === undefined ? {} : { authorization: `Bearer ${proof}` });
  const sent = body?.(world, kind);
  if (sent === undefined) return fetch(gateway.url + path + query, { method, headers });
  const isJson = typeof sent === 'object' && !(sent instanceof FormData);
  if (isJson) headers.set('content-type', 'application/json');
  return fetch(gateway.url + path + query, { method, headers, body: isJson ? JSON.stringify(sent) : (sent as string | FormData) });
}

/** A refusal must be one that clients can read. */
async function outcomeOf(row: Row, kind: Kind): Promise<Outcome> {
  const answer = await ask(row, kind);
  const text = await answer.text();
  if (answer.status < 400) return 'ok';
  if (!row.route.startsWith('HEAD ')) expect(isErrorCode((JSON.parse(text) as Problem).code)).toBe(true);
  return answer.status;
}

test('every route has a row in the matrix or is open for a reason', async () => {
  const document = (await (await fetch(`${gateway.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> };
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.sort()).toEqual([...ROWS.map(({ route }) => route), ...OPEN].sort());
});

test.each(ROWS)('$route answers each kind of principal as it should', async (row) => {
  const outcomes = await Promise.all(KINDS.map(async (kind) => [kind, await outcomeOf(row, kind)] as const));
  expect(Object.fromEntries(outcomes)).toEqual(row.expected);
});

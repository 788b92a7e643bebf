import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakePerson } from '../testing/fake-access.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

let bench: GatewayBench;
let bob: FakePerson;
beforeAll(async () => {
  bench = await GatewayBench.start();
  bob = bench.auth.person('bob');
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** How often the auth service is asked what Alice has in her home when she looks into it. */
async function questions(): Promise<number> {
  bench.auth.requests.length = 0;
  expect((await bench.fetch('/api/v1/spaces/home-alice/entries')).status).toBe(200);
  return bench.auth.requests.filter((request) => request.endsWith('/spaces/home-alice/access')).length;
}

async function giveIn(space: string): Promise<void> {
  const body = JSON.stringify({ folder: '', subject: { kind: 'user', name: 'alice' }, role: 'viewer' });
  const init = { method: 'PUT', body, headers: { 'content-type': 'application/json' }, person: bob };
  expect((await bench.fetch(`/api/v1/spaces/${space}/grants`, init)).status).toBe(204);
}

test('a rule is asked about again in its own space, and nothing in others, however many somebody gives', async () => {
  await questions();
  expect(await questions()).toBe(0);
  await giveIn('home-bob');
  expect(await questions()).toBe(0);
  await giveIn('home-alice');
  expect(await questions()).toBe(1);
});

import type { Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('a space', () => {
  test('that is not yours and one that is not there are answered alike', async () => {
    const person = bench.auth.person('stranger');
    const [foreign, missing] = await Promise.all(
      ['home-alice', 'home-nobody'].map(async (space) => {
        const answer = await bench.fetch(`/api/v1/spaces/${space}/entries`, { person });
        const { requestId: _, ...problem } = (await answer.json()) as Problem;
        return { status: answer.status, problem };
      }),
    );
    expect(foreign?.status).toBe(404);
    expect(foreign).toEqual(missing);
  });

  test.each([['.'], ['..'], ['%2e%2e'], ['%2e%2e%2fsessions'], ['x'.repeat(129)], ['a%2fb']])('is never called %s', async (space) => {
    const answer = await bench.fetch(`/api/v1/spaces/${space}/entries`);
    expect([400, 404]).toContain(answer.status);
    expect(bench.auth.requests.filter((request) => request.includes('..') || request.includes('/sessions/access'))).toEqual([]);
  });
});

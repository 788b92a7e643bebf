import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAD_NAMES } from '../testing/bad-names.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';
import { type RawAnswer, rawRequest } from '../testing/raw-http.ts';

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** As bytes: no client library touches the target. */
function ask(method: string, route: string, name: string): Promise<RawAnswer> {
  const head = [
    `${method} /api/v1/spaces/home-alice/${route}/${name} HTTP/1.1`,
    'Host: a',
    `Authorization: Bearer ${bench.auth.token(bench.alice)}`,
  ];
  return rawRequest(bench.url, [...head, 'Content-Length: 0']);
}

/** What the parser of HTTP itself refuses, before there is a request, and `#`, which begins what no server is told. */
const isNoTarget = (name: string): boolean => /[^\x21\x22\x24-\x7e]/.test(name);

test.each([
  ['PUT', 'files'],
  ['GET', 'files'],
  ['HEAD', 'files'],
  ['DELETE', 'files'],
  ['GET', 'entries'],
])(
  '%s %s refuses every bad name by its one code, without a redirect, and nothing happens',
  async (method, route) => {
    for (const name of BAD_NAMES) {
      const answer = await ask(method, route, name);
      expect([name, answer.status]).toEqual([name, 400]);
      if (method !== 'HEAD' && !isNoTarget(name))
        expect([name, answer.text]).toEqual([name, expect.stringContaining('"code":"NS_BAD_PATH"')]);
    }
    expect(bench.tree.seq).toBe(0);
    expect(bench.node(0).blobs.size).toBe(0);
  },
  120_000,
);

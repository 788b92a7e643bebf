/** A space goes when nothing can be on its way into it any more, and the primary says that nothing is in it. */
import type { Problem } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';

const SINCE = '2030-01-01T00:00:00.000Z';
const URL_OF_SPACE = '/api/v1/spaces/home-alice';

let bench: GatewayBench;
let trashIds: string[];
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.auth.ending = { id: bench.alice.spaces.get('home-alice')?.id ?? '', since: SINCE, secondsLeft: 0 };
  bench.auth.requests.length = 0;
  trashIds = [];
});

const end = async (): Promise<{ readonly status: number; readonly problem: Partial<Problem> }> => {
  const answer = await bench.fetch(URL_OF_SPACE, { method: 'DELETE' });
  return { status: answer.status, problem: JSON.parse((await answer.text()) || '{}') };
};
const deletions = (): string[] => bench.auth.requests.filter((request) => request.startsWith('DELETE'));
const put = (path: string): Promise<Response> => bench.fetch(`${URL_OF_SPACE}/files/${path}`, { method: 'PUT', body: 'x' });
async function trash(path: string): Promise<void> {
  expect((await put(path)).status).toBe(201);
  const answer = await bench.fetch(`${URL_OF_SPACE}/files/${path}`, { method: 'DELETE' });
  trashIds.push(answer.headers.get('x-netstore-trash-id') ?? '');
}
const purge = (): Promise<Response> => bench.operate('home-alice', { kind: 'purge', trashIds });

test('an empty one goes, under the mark that it had when it was found empty', async () => {
  expect((await end()).status).toBe(204);
  expect(deletions()).toEqual([`DELETE /v1/spaces/home-alice?since=${encodeURIComponent(SINCE)}`]);
});

test('one that was marked a moment ago stays, whatever is in it', async () => {
  bench.auth.ending = { id: bench.alice.spaces.get('home-alice')?.id ?? '', since: SINCE, secondsLeft: 12 };
  const { problem } = await end();
  expect(problem.code).toBe('NS_CONFLICT');
  expect(problem.detail).toContain('12 s');
  expect(deletions()).toEqual([]);
});

test('one with a file stays, also when the file is in the trash, until it is purged', async () => {
  await trash('a.txt');
  await put('b.txt');
  expect((await end()).problem.detail).toContain('not empty, one entry is at its top');
  await bench
    .fetch(`${URL_OF_SPACE}/files/b.txt`, { method: 'DELETE' })
    .then((answer) => trashIds.push(answer.headers.get('x-netstore-trash-id') ?? ''));
  expect((await end()).problem.detail).toContain('trash of the space is not empty, 2 entries are in it');
  expect(deletions()).toEqual([]);
  expect((await purge()).status).toBe(200);
  expect((await end()).status).toBe(204);
});

test('what the auth service refuses is refused before any node is asked', async () => {
  bench.auth.ending = undefined;
  const asked: string[] = [];
  for (const node of bench.nodes) node.before = ({ name }) => void asked.push(name);
  expect((await end()).status).toBe(404);
  expect(asked.filter((name) => name.startsWith('LIST'))).toEqual([]);
  bench.resetNodes();
});

test('an old state is no proof that nothing is there', async () => {
  bench.roles.primary = null;
  expect((await end()).problem.code).toBe('NS_UNAVAILABLE');
  expect(deletions()).toEqual([]);
});

/** How much spaces take is shown to those who look after them, costs the primary little, and is never made up. */
import { type Me, newSpaceId, parseSpaceId, type SpaceDetail, type SpaceList } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FakePerson } from '../testing/fake-access.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

let bench: GatewayBench;
let questions: number;
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.resetNodes();
  questions = 0;
  const count = ({ name }: { readonly name: string }): void => {
    if (name === 'GET_USAGE') questions += 1;
  };
  for (const node of bench.nodes) node.before = count;
});

/** What the auth service says of a space, as it stands to whoever asks. */
const standing = (seesUsage: boolean, bytes: number): { readonly id: string; readonly seesUsage: boolean } => {
  const id = newSpaceId();
  bench.tree.usage.set(id, bytes);
  return { id, seesUsage };
};
const get = async <Body>(path: string, person: FakePerson = bench.alice): Promise<Body> =>
  (await (await bench.fetch(`/api/v1${path}`, { person })).json()) as Body;
const owner = (username: string): FakePerson => bench.auth.person(username, { [`home-${username}`]: 'manager' }, ['admin']);

test('whoever looks after a space is told what it takes, and nobody else', async () => {
  bench.auth.standings = [standing(true, 7_000), standing(false, 8_000), standing(true, 0)];
  const { spaces } = await get<SpaceList>('/spaces');
  expect(spaces.map(({ usedBytes }) => usedBytes)).toEqual([7_000, null, 0]);
  expect(Object.keys(spaces[0] ?? {})).not.toContain('seesUsage');
});

test('a thousand spaces are asked about in a few questions, and not again within seconds', async () => {
  bench.auth.standings = Array.from({ length: 1_000 }, (_, at) => standing(true, at));
  const { spaces } = await get<SpaceList>('/spaces?limit=1000');
  expect(spaces.map(({ usedBytes }) => usedBytes)).toEqual(Array.from({ length: 1_000 }, (_, at) => at));
  expect(questions).toBe(2);
  await Promise.all(Array.from({ length: 20 }, () => get('/spaces?limit=1000')));
  expect(questions).toBe(2);
});

test('who asks about himself is told of all that he owns, and of his quota', async () => {
  const person = owner('olga');
  const id = person.spaces.get('home-olga')?.id ?? '';
  person.spaces.set('home-olga', { id, role: 'manager', owner: 'olga' });
  person.spaces.set('another', { id: standing(true, 1_000).id, role: 'manager', owner: 'olga' });
  person.spaces.set('of-somebody-else', { id: standing(true, 50).id, role: 'manager' });
  bench.tree.usage.set(parseSpaceId(id), 1_234);
  expect(await get<Me>('/me', person)).toMatchObject({ usedBytes: 2_234, bytesMax: 70 });
});

test('while nobody can say it nothing is said, and the rest of the answer does not wait for it', async () => {
  for (const node of bench.nodes) node.before = ({ name }) => (name === 'GET_USAGE' ? new Promise(() => undefined) : undefined);
  bench.auth.standings = [standing(true, 9_000)];
  const beganMs = performance.now();
  expect((await get<SpaceList>('/spaces')).spaces.map(({ usedBytes }) => usedBytes)).toEqual([null]);
  expect((await get<SpaceDetail>('/spaces/home-alice')).usedBytes).toBeNull();
  expect(performance.now() - beganMs).toBeLessThan(3_000);
});

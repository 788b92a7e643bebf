/** What it adds to a request to know who asks and what they may do there, once the auth service has said so. */
import { parseFilePath } from '@netstore/shared-types';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { permit } from '../spaces/permit.ts';
import { SpaceRights } from '../spaces/space-rights.ts';
import type { FakePerson } from '../testing/fake-access.ts';
import { FakeAuth } from '../testing/fake-auth.ts';
import { AuthClient } from './auth-client.ts';
import { Gatekeeper, spaceOf } from './authenticate.ts';
import { KeyVerifier } from './key-verifier.ts';
import { TokenVerifier } from './token-verifier.ts';
import { WebKeys } from './web-keys.ts';

const PEOPLE = 100;
const REQUESTS = 10_000;
const PATH = parseFilePath('some/folder/report.pdf');

let auth: FakeAuth;
let gatekeeper: Gatekeeper;
let people: { readonly person: FakePerson; readonly authorization: string }[];
beforeAll(async () => {
  auth = await new FakeAuth().start();
  const client = new AuthClient({ origin: auth.origin, serviceKey: Buffer.alloc(32, 7) });
  const tokens = new TokenVerifier(new WebKeys({ fetchKeys: () => client.webKeys() }));
  gatekeeper = new Gatekeeper({ tokens, keys: new KeyVerifier(client), rights: new SpaceRights(client) });
  people = Array.from({ length: PEOPLE }, (_, at) => {
    const person = auth.person(`person-${at}`);
    return { person, authorization: `Bearer ${auth.token(person)}` };
  });
});
afterAll(() => auth[Symbol.asyncDispose]());

/** The hook of a route about files, and the decision about one path. */
async function authorise(at: number): Promise<number> {
  const one = people[at % PEOPLE];
  if (one === undefined) throw new RangeError(`There is no person ${at}`);
  const space = `home-${one.person.username}`;
  const request = { headers: { authorization: one.authorization }, params: { space } } as unknown as FastifyRequest;
  const beganMs = performance.now();
  await gatekeeper.grant('read')(request);
  permit(spaceOf(request), { action: 'read', path: PATH, what: 'file' });
  return performance.now() - beganMs;
}

test('authorising a request adds less than a millisecond at the median with warm caches', async ({ annotate }) => {
  for (let at = 0; at < PEOPLE; at += 1) await authorise(at);
  const took: number[] = [];
  for (let at = 0; at < REQUESTS; at += 1) took.push(await authorise(at));
  took.sort((one, other) => one - other);
  const [median = Number.NaN, late = Number.NaN] = [took[REQUESTS / 2], took[REQUESTS * 0.99]];
  await annotate(`authorising ${REQUESTS} requests: ${median.toFixed(3)} ms at the median, ${late.toFixed(3)} ms at 99 %`);
  expect(median).toBeLessThan(1);
});

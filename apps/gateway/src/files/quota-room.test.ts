/** Bodies that a quota has no room for are refused before they are staged; the nodes judge the commit all the same. */
import { randomBytes } from 'node:crypto';
import { type Problem, parseSpaceId } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FakePerson } from '../testing/fake-access.ts';
import { GatewayBench } from '../testing/gateway-bench.ts';

const FILES = '/api/v1/spaces/home-alice/files';
const MIB = 1024 * 1024;

let bench: GatewayBench;
let bob: FakePerson;
let messages: string[];
beforeAll(async () => {
  bench = await GatewayBench.start();
  const id = bench.alice.spaces.get('home-alice')?.id ?? '';
  bob = bench.auth.person('bob', {});
  bob.spaces.set('home-alice', { id, role: 'editor', quotas: [{ spaces: [id], bytesMax: 30 * MIB }] });
  bench.tree.usage.set(parseSpaceId(id), 20 * MIB);
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => {
  bench.resetNodes();
  messages = [];
  for (const node of bench.nodes) node.before = ({ name }) => void messages.push(name);
});

const put = (path: string, body: Buffer<ArrayBuffer> | ReadableStream, headers = {}) =>
  bench.fetch(`${FILES}/${path}`, { method: 'PUT', body, duplex: 'half', headers, person: bob });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;
const count = (name: string): number => messages.filter((each) => each === name).length;

test('a body that is announced longer than what is left is refused before a byte of it is stored', async () => {
  const answer = await put('a.bin', randomBytes(10 * MIB + 1));
  expect([answer.status, await codeOf(answer)]).toEqual([413, 'NS_QUOTA_EXCEEDED']);
  expect(messages).toEqual(['GET_USAGE']);
});

test('one that just fits is stored', async () => {
  expect((await put('b.bin', randomBytes(10 * MIB))).status).toBe(201);
});

test('one of unknown length is broken off when it gets too long, and what was staged is given up', async () => {
  const abandoned = bench.tree.abandoned.length;
  const answer = await put('c.bin', ReadableStream.from(Array.from({ length: 40 }, () => randomBytes(MIB))));
  expect(await codeOf(answer)).toBe('NS_QUOTA_EXCEEDED');
  expect(count('COMMIT')).toBe(0);
  await expect.poll(() => bench.tree.abandoned.length).toBeGreaterThan(abandoned);
});

test('so is a file of a form', async () => {
  const form = new FormData();
  form.append('file', new Blob([randomBytes(10 * MIB + 1)]), 'd.bin');
  expect(await codeOf(await bench.fetch(FILES, { method: 'POST', body: form, person: bob }))).toBe('NS_QUOTA_EXCEEDED');
  expect(count('COMMIT')).toBe(0);
});

test('an upload that is repeated gets its answer when it filled the space itself', async () => {
  const id = parseSpaceId(bob.spaces.get('home-alice')?.id ?? '');
  const body = randomBytes(MIB);
  const again = () => put('e.bin', body, { 'idempotency-key': 'the-last-one' });
  expect((await again()).status).toBe(201);
  bench.tree.usage.set(id, 30 * MIB);
  expect((await again()).status).toBe(201);
  bench.tree.usage.set(id, 20 * MIB);
});

test('nobody without a quota is asked about', async () => {
  expect((await bench.fetch(`${FILES}/f.bin`, { method: 'PUT', body: 'x' })).status).toBe(201);
  expect(count('GET_USAGE')).toBe(0);
});

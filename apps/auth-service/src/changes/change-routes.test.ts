import { SERVICE_KEY_HEADER } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';

let people: PeopleBench;
let ann: Person;
let url: string;
beforeEach(async () => {
  people = await PeopleBench.start();
  ann = await people.person('ann');
  await people.person('bob');
  url = await people.app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await people[Symbol.asyncDispose]();
});

const listen = (): Promise<Response> => fetch(`${url}/v1/changes`, { headers: { [SERVICE_KEY_HEADER]: '07'.repeat(32) } });

test('a gateway hears of a change once it is made', async () => {
  const response = await listen();
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe(': listening\n\n');
  const body = { folder: '', subject: { kind: 'user', name: 'bob' }, role: 'viewer' };
  await people.ask('PUT /v1/spaces/home-ann/grants', { as: ann, body });
  expect((await reader?.read())?.value).toBe('data: {"kind":"space","name":"home-ann"}\n\n');
});

test('of a new space, those hear who write in other spaces of an owner with a quota', async () => {
  const root = await people.person('root', ['admin']);
  await people.ask(`PUT /v1/users/${ann.userId}/quota`, { as: root, body: { bytesMax: 1000 } });
  const reader = (await listen()).body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  await people.ask('POST /v1/spaces', { as: root, body: { name: 'team', owner: 'ann' } });
  while (!heard.includes('"user"')) heard += (await reader?.read())?.value ?? '"user"';
  expect(heard).toContain('{"kind":"space","name":"home-ann"}');
  expect(heard).toContain('{"kind":"space","name":"team"}');
  expect(heard).not.toContain('home-bob');
});

test('a stop ends the stream and is not held up by it', async () => {
  const response = await listen();
  const text = response.text();
  await people.app.close();
  expect(await text).toContain(': listening');
});

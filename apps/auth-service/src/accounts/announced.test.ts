import { SERVICE_KEY_HEADER } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PeopleBench, type Person } from '../testing/people-bench.ts';

const PASSWORD = 'correct horse battery';

let people: PeopleBench;
let root: Person;
let ada: Person;
let next: () => Promise<string | undefined>;
beforeEach(async () => {
  people = await PeopleBench.start();
  root = await people.person('root', ['admin']);
  ada = await people.person('ada');
  const url = await people.app.listen({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${url}/v1/changes`, { headers: { [SERVICE_KEY_HEADER]: '07'.repeat(32) } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  next = async () => (await reader?.read())?.value;
  expect(await next()).toBe(': listening\n\n');
});
afterEach(async () => {
  await people[Symbol.asyncDispose]();
});

const ofAda = (): string => `data: {"kind":"user","userId":"${ada.userId}"}\n\n`;

test('gateways hear at once that somebody was disabled, and of a deletion that everything may be different', async () => {
  await people.ask(`PATCH /v1/users/${ada.userId}`, { as: root, body: { isDisabled: true } });
  expect(await next()).toBe(ofAda());
  await people.ask(`DELETE /v1/users/${ada.userId}`, { as: root, body: { reassignTo: root.userId } });
  expect(await next()).toBe('data: {"kind":"all"}\n\n');
});

test('and that sessions have ended, one of them or all', async () => {
  const { body } = await people.ask('GET /v1/me/sessions', { as: ada });
  const [session] = (body as unknown as { sessions: { id: string }[] }).sessions;
  await people.ask('POST /v1/me/password', { as: ada, body: { oldPassword: PASSWORD, newPassword: 'another one altogether' } });
  expect(await next()).toBe(ofAda());
  await people.ask(`DELETE /v1/me/sessions/${session?.id}`, { as: ada });
  expect(await next()).toBe(ofAda());
  const offered = await people.ask(`POST /v1/users/${ada.userId}/password-reset`, { as: root });
  const { token } = offered.body as unknown as { token: string };
  await people.ask('POST /v1/password-resets/accept', { body: { token, password: PASSWORD } });
  expect(await next()).toBe(ofAda());
});

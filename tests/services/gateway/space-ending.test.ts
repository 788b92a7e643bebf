/** A shared space that is deleted, with the auth service, the nodes and the gateway all real: what was acknowledged is there until somebody deletes it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditPage, EntriesPage, Problem, SpaceDetail, TrashPage } from '@netstore/shared-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../support/gateway.ts';

/** Rights are believed so long, and the round that is under way then takes a moment. */
const REFUSED_WITHIN_MS = 5_500;
const GRACE_SLACK_MS = 10_000;

let gateway: Gateway;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  token = await gateway.signIn();
  expect((await ask('POST /spaces', { name: 'team', owner: 'admin' })).status).toBe(201);
});
afterAll(() => gateway?.[Symbol.asyncDispose]());

const ask = (route: string, body?: unknown): Promise<Response> => gateway.send(token, route, body);
const json = async <Body>(route: string): Promise<Body> => (await (await ask(route)).json()) as Body;
const end = (): Promise<Response> => ask('DELETE /spaces/team');
const detailOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).detail;
const put = (name: string, body: string | ReadableStream): Promise<Response> => {
  const headers = { authorization: `Bearer ${token}` };
  const isStream = body instanceof ReadableStream;
  const init = { method: 'PUT', body, headers, ...(isStream ? { duplex: 'half' } : {}) } as RequestInit;
  return fetch(`${gateway.url}/api/v1/spaces/team/files/${name}`, init);
};

/** Never ends by itself: whoever takes it has to break it off. */
async function* forever(): AsyncGenerator<Uint8Array> {
  for (;;) {
    yield Buffer.alloc(64 * 1024, 1);
    await sleep(100);
  }
}

/** Uploads one file after another until one is refused, and says which were acknowledged. */
async function uploadUntilRefused(worker: number): Promise<{ readonly acknowledged: readonly string[]; readonly code: string }> {
  const acknowledged: string[] = [];
  for (let made = 0; ; made += 1) {
    const name = `w${worker}-${made}`;
    const answer = await put(name, 'x');
    if (answer.status !== 201) return { acknowledged, code: ((await answer.json()) as Problem).code };
    acknowledged.push(name);
  }
}

test('a space goes when it was marked, emptied and left alone for a while, and no upload that was acknowledged with it', async () => {
  const slow = put('slow.bin', ReadableStream.from(forever()));
  const workers = [1, 2, 3].map(uploadUntilRefused);
  await sleep(500);
  const marked = (await (await ask('PUT /spaces/team/ending')).json()) as SpaceDetail;
  const markedAtMs = performance.now();
  expect(marked.ending?.secondsLeft).toBeGreaterThan(60);

  const uploads = await Promise.all(workers);
  expect((await slow).status).toBe(403);
  expect(performance.now() - markedAtMs).toBeLessThan(REFUSED_WITHIN_MS);
  expect(new Set(uploads.map(({ code }) => code))).toEqual(new Set(['NS_FORBIDDEN']));
  const acknowledged = uploads.flatMap((each) => each.acknowledged);
  expect(acknowledged.length).toBeGreaterThan(0);
  const { entries } = await json<EntriesPage>('GET /spaces/team/entries?limit=1000');
  expect(entries.map(({ name }) => name).sort()).toEqual(acknowledged.toSorted());

  expect(await detailOf(await end())).toContain('still be on their way');
  for (const name of acknowledged) expect((await ask(`DELETE /spaces/team/files/${name}`)).status).toBe(204);
  const secondsLeft = async (): Promise<number | undefined> => (await json<SpaceDetail>('GET /spaces/team')).ending?.secondsLeft;
  await expect.poll(secondsLeft, { timeout: 65_000 + GRACE_SLACK_MS, interval: 500 }).toBe(0);

  expect(await detailOf(await end())).toContain('The trash of the space is not empty');
  const trash = await json<TrashPage>('GET /spaces/team/trash?limit=1000');
  expect(trash.entries.map(({ name }) => name).sort()).toEqual(acknowledged.toSorted());
  const trashIds = trash.entries.map(({ id }) => id);
  expect((await ask('POST /spaces/team/operations', { kind: 'restore', trashId: trashIds[0], ifExists: 'fail' })).status).toBe(403);
  expect((await ask('POST /spaces/team/operations', { kind: 'purge', trashIds })).status).toBe(200);
  expect((await end()).status).toBe(204);

  expect((await ask('GET /spaces/team/entries')).status).toBe(404);
  const audit = await json<AuditPage>('GET /audit?space=team&action=space.delete');
  expect(audit.entries.map(({ outcome }) => outcome)).toEqual(['ok', 'NS_CONFLICT', 'NS_CONFLICT']);
  expect((await ask('POST /spaces', { name: 'team', owner: 'admin' })).status).toBe(201);
  expect((await json<EntriesPage>('GET /spaces/team/entries')).entries).toEqual([]);
});

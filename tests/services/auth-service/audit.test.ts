import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@netstore/shared-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cluster, startCluster } from '../../support/cluster.ts';
import { netstore } from '../../support/netstore-command.ts';

const FILE = 'PUT /spaces/home-admin/files/plans/engine.txt';
const READ = 'GET /spaces/home-admin/files/plans/engine.txt';
/** As long as a gateway remembers what somebody may do, with room for a slow machine. */
const REMEMBERED_MS = 2_000;

let cluster: Cluster;
let token: string;
const folder = mkdtempSync(join(tmpdir(), 'netstore-audit-'));
const file = join(folder, 'audit.jsonl');

beforeAll(async () => {
  cluster = await startCluster();
  token = await cluster.signIn();
});
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function send(route: string, body?: unknown, proof = token): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  const isText = typeof body === 'string';
  const headers = new Headers({ authorization: `Bearer ${proof}` });
  if (body !== undefined && !isText) headers.set('content-type', 'application/json');
  return await fetch(`${cluster.url}/api/v1${path}`, { method, headers, body: isText ? body : (JSON.stringify(body) ?? null) });
}

/** The request id of an answer that has ended. */
async function idOf(response: Response): Promise<string> {
  await response.text();
  return response.headers.get('x-request-id') ?? '';
}

/** Exported, and proven offline. */
async function provenEntries(): Promise<AuditEntry[]> {
  const response = await send('GET /audit/export?format=json');
  expect(response.status).toBe(200);
  const text = await response.text();
  writeFileSync(file, text);
  const verdict = await netstore(['audit', 'verify', file, '--json']);
  expect({ exitCode: verdict.exitCode, said: verdict.json() }).toMatchObject({ exitCode: 0, said: { faults: [] } });
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)).flatMap(({ entry }: { entry?: AuditEntry }) => (entry === undefined ? [] : [entry]));
}

/** Reads until `isOver`; the ids of those that were answered with the file. */
async function readUntil(isOver: () => boolean): Promise<string[]> {
  const ids: string[] = [];
  while (!isOver()) {
    const response = await send(READ);
    const id = await idOf(response);
    if (response.status === 200) ids.push(id);
  }
  return ids;
}

test('what people do is on record with who, what and outcome, and an export proves itself offline', async () => {
  const refused = await fetch(`${cluster.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'eve', password: 'not the right one' }),
  });
  const made = await send('POST /users', { username: 'ada', password: 'a compiler for everyone', roles: ['member'] });
  const ids = {
    refusal: await idOf(refused),
    user: await idOf(made),
    write: await idOf(await send(FILE, 'the engine')),
    read: await idOf(await send(READ)),
    right: await idOf(
      await send('PUT /spaces/home-admin/grants', { folder: 'plans', subject: { kind: 'user', name: 'ada' }, role: 'viewer' }),
    ),
  };
  const entries = await provenEntries();
  const entryOf = (id: string): AuditEntry | undefined => entries.find(({ requestId }) => requestId === id);
  const byAdmin = { actorName: Cluster.admin.username, address: '127.0.0.1', outcome: 'ok' };
  expect(entries.find(({ action }) => action === 'session.begin')).toMatchObject({ subject: Cluster.admin.username, outcome: 'ok' });
  expect(entryOf(ids.refusal)).toMatchObject({ action: 'session.begin', subject: 'eve', actorId: null, outcome: 'NS_BAD_CREDENTIALS' });
  expect(entryOf(ids.user)).toMatchObject({ ...byAdmin, action: 'user.make', subject: 'ada' });
  expect(entryOf(ids.write)).toMatchObject({ ...byAdmin, action: 'file.put', space: 'home-admin', path: 'plans/engine.txt' });
  expect(entryOf(ids.read)).toMatchObject({ ...byAdmin, action: 'file.read', space: 'home-admin', path: 'plans/engine.txt' });
  expect(entryOf(ids.right)).toMatchObject({ ...byAdmin, action: 'grant.give', space: 'home-admin', path: 'plans', subject: 'ada' });
});

test('one changed word is found offline, and which entry it is in', async () => {
  const entries = await provenEntries();
  const { seq } = entries.find(({ path }) => path === 'plans/engine.txt') as AuditEntry;
  const lines = readFileSync(file, 'utf8').split('\n');
  const changed = lines.map((line) => (line.startsWith(`{"entry":{"seq":${seq},`) ? line.replace('engine', 'garden') : line));
  expect(changed).not.toEqual(lines);
  writeFileSync(file, changed.join('\n'));
  const { exitCode, stdout } = await netstore(['audit', 'verify', file]);
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining(`Entry ${seq} was changed`)]);
});

test('an auth service that is killed in the middle keeps each entry once, in a chain that is whole', async () => {
  let isOver = false;
  const reads = readUntil(() => isOver);
  await cluster.kill('auth');
  await cluster.restart('auth');
  isOver = true;
  const ids = await reads;
  expect(ids.length).toBeGreaterThan(0);
  // Kept before it is answered, and so is all that was noted before it.
  expect((await send('POST /groups', { name: 'after-the-crash' })).status).toBe(201);
  const kept = (await provenEntries()).map(({ requestId }) => requestId);
  expect(ids.filter((id) => kept.filter((each) => each === id).length !== 1)).toEqual([]);
});

test('a gateway that is killed while the auth service is away loses what waited, and nothing else', async () => {
  const before = await idOf(await send('POST /groups', { name: 'before-both' }));
  await idOf(await send(READ));
  await cluster.kill('auth');
  const killedMs = Date.now();
  const lost = await readUntil(() => Date.now() - killedMs > REMEMBERED_MS);
  await cluster.kill('gateway');
  await cluster.restart('auth');
  await cluster.restart('gateway');
  const kept = (await provenEntries()).map(({ requestId }) => requestId);
  expect(kept).toContain(before);
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.filter((id) => kept.includes(id))).toEqual([]);
});

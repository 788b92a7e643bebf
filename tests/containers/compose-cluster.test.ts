/** The product as an operator runs it: images, compose file, volumes. One cluster lives through all tests of this file, in order. */
import { createHash, randomBytes } from 'node:crypto';
import type { Entry, Session } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ComposeCluster, type ComposeService } from '../support/compose-cluster.ts';
import { docker } from '../support/container-engine.ts';
import { imagesAreBuilt, needsImages } from '../support/images.ts';
import { waitUntil } from '../support/wait-until.ts';

const START_DEADLINE_MS = 300_000;
const REPAIR_DEADLINE_MS = 60_000;
const FILE_BYTES = 20 * 2 ** 20 + 7;

const SERVICES: readonly ComposeService[] = ['auth-service', 'node-1', 'node-2', 'node-3', 'gateway'];
const account = { username: 'ann', password: 'a long enough password' };

let cluster: ComposeCluster;
let accessToken = '';

beforeAll(async () => {
  if (imagesAreBuilt) cluster = await ComposeCluster.start();
}, START_DEADLINE_MS);
afterAll(() => cluster?.[Symbol.asyncDispose]());
beforeEach(needsImages);

const fileUrl = (path: string): string => `${cluster.url}/api/v1/spaces/home-${account.username}/files/${path}`;
const authorized = (): { authorization: string } => ({ authorization: `Bearer ${accessToken}` });

async function takeSession(route: string, body: object): Promise<void> {
  const answer = await fetch(`${cluster.url}/api/v1/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status, await answer.clone().text()).toBe(201);
  const session = (await answer.json()) as Session;
  accessToken = session.accessToken;
}

async function upload(path: string, bytes: Buffer): Promise<{ readonly replicas: string | null }> {
  const answer = await fetch(fileUrl(path), { method: 'PUT', headers: authorized(), body: bytes });
  expect(answer.status, await answer.clone().text()).toBe(201);
  const entry = (await answer.json()) as Entry;
  expect(entry.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  return { replicas: answer.headers.get('x-netstore-replicas') };
}

async function expectStored(path: string, bytes: Buffer): Promise<void> {
  const answer = await fetch(fileUrl(path), { headers: authorized() });
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
}

async function durableCopies(path: string): Promise<number | undefined> {
  const answer = await fetch(`${cluster.url}/api/v1/spaces/home-${account.username}/entries/${path}`, { headers: authorized() });
  const entry = (await answer.json()) as Entry;
  return entry.replicas?.durable;
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

describe('a cluster of containers', () => {
  const first = randomBytes(FILE_BYTES);
  const second = randomBytes(FILE_BYTES);

  test('says in its log where the set-up token lies, which creates the first administrator', async () => {
    const [, file] = /"tokenFile":"([^"]+)"/.exec(cluster.log('auth-service')) ?? [];
    expect(file).toBe('/data/setup-token');
    const token = docker('exec', cluster.containerId('auth-service'), 'cat', '/data/setup-token');
    await takeSession('setup', { token, ...account });
  });

  test('serves the page', async () => {
    const answer = await fetch(cluster.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<div id="root">');
  });

  test('stores a file and gives it back', async () => {
    await upload('first', first);
    await expectStored('first', first);
  });

  test('can be looked after from within any node', async () => {
    const status = (): string => docker('exec', cluster.containerId('node-2'), 'netstore', 'status');
    await waitUntil('the command calls the cluster healthy', REPAIR_DEADLINE_MS, () => succeeds(status));
    expect(status()).toContain('The cluster is healthy.');
    expect(() => docker('exec', cluster.containerId('node-2'), 'netstore', 'fsck', '/data')).toThrow('is in use by another process');
  });

  test('stores a file on two nodes while one is dead, and on three after its return', async () => {
    cluster.kill('node-3');
    expect(await upload('second', second)).toEqual({ replicas: '2/3' });
    await expectStored('second', second);
    await cluster.restart('node-3');
    await waitUntil('the file has three copies', REPAIR_DEADLINE_MS, async () => (await durableCopies('second')) === 3);
  });

  test(
    'keeps its files, accounts and keys when its containers are replaced',
    async () => {
      await cluster.down({ withVolumes: false });
      await cluster.up();
      await takeSession('sessions', account);
      await expectStored('first', first);
      await expectStored('second', second);
    },
    START_DEADLINE_MS,
  );

  test.each(SERVICES)('runs %s without root, without capabilities and on a file system that it cannot write', (service) => {
    const id = cluster.containerId(service);
    const inspected = JSON.parse(docker('inspect', id)) as [{ Config: { User: string }; HostConfig: Record<string, unknown> }];
    expect(inspected[0].Config.User).toBe('node');
    expect(inspected[0].HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      Privileged: false,
    });
    expect(docker('exec', id, 'node', '--print', 'process.getuid()')).toBe('1000');
    expect(() => docker('exec', id, 'node', '--eval', 'fs.writeFileSync("/netstore/planted", "")')).toThrow('EROFS');
  });

  test('gives each service the keys that it needs and no others', () => {
    const keys = (service: ComposeService): string =>
      docker('exec', cluster.containerId(service), 'node', '--print', 'fs.globSync("/secrets/*/*.key").sort().join(" ")');
    expect(keys('auth-service')).toBe('/secrets/service/service.key');
    expect(keys('node-2')).toBe('/secrets/cluster/cluster.key');
    expect(keys('gateway')).toBe('/secrets/cluster/cluster.key /secrets/service/service.key /secrets/ticket/ticket.key');
  });
});

/** Three nodes of which any may be primary: who takes over, with what, and who may not. */
import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { Status } from '@netstore/wire-protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { flipByte } from '../../support/flip-byte.ts';
import { operate } from '../../support/operator.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { SPACE } from '../../support/wire-client.ts';

const [n1, n2, n3] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const FAILOVER_MS = 5_000;
const CALM_MS = 20_000;

let nodes: StorageNodes;
afterEach(() => nodes[Symbol.asyncDispose]());

/** Until this node, or any, orders writes and `holders` have all of the log. */
async function untilPrimary(id?: NodeId, { holders = 2 } = {}): Promise<Status> {
  let found: Status | undefined;
  await waitUntil(`${id ?? 'some node'} is primary with ${holders} holders`, CALM_MS, async () => {
    found = await nodes.primary();
    if (found === undefined || (id !== undefined && found.nodeId !== id)) return false;
    const { lastSeq } = found;
    return found.peers.filter((peer) => peer.isConnected && peer.isMember && peer.ackedSeq === lastSeq).length + 1 >= holders;
  });
  return found as Status;
}

async function put(id: NodeId, path: string, bytes = Buffer.from(path)): Promise<void> {
  await using client = nodes.client(id);
  const { outcome } = await client.putFile(path, bytes);
  expect(outcome.isAccepted).toBe(true);
}

/** From the node's own disk, once it has caught up. */
async function read(id: NodeId, path: string): Promise<string | undefined> {
  await using client = nodes.client(id);
  let bytes: Buffer | undefined;
  await waitUntil(`${id} holds ${path}`, CALM_MS, async () => {
    try {
      bytes = await client.readFile(path);
      return true;
    } catch (error) {
      if (error instanceof NetStoreError && error.code === 'NS_BLOB_MISSING') return false;
      throw error;
    }
  });
  return bytes?.toString();
}

function blobFiles(id: NodeId): string[] {
  const entries = readdirSync(join(nodes.dataDir(id), 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function readiness(id: NodeId): Promise<string> {
  const answer = await fetch(`${nodes.healthUrl(id)}/readyz`);
  return `${answer.status} ${await answer.text()}`;
}

function damageLog(id: NodeId): void {
  const folder = join(nodes.dataDir(id), 'log');
  const [segment = ''] = readdirSync(folder);
  flipByte(join(folder, segment), 2_000);
}

describe('automatic', () => {
  beforeEach(async () => {
    nodes = await startStorageNodes({ NETSTORE_PREFERRED_AFTER_MS: '1500' });
  });

  test('the next of the order takes over from a dead primary within five seconds, and gives way to it when it is back', async () => {
    await put(n1, 'before');
    await nodes.kill(n1);
    const killedAt = performance.now();
    const { epoch } = await untilPrimary(n2);
    expect(performance.now() - killedAt).toBeLessThan(FAILOVER_MS);
    await put(n2, 'meanwhile');
    expect(await read(n2, 'before')).toBe('before');
    nodes.start(n1);
    const back = await untilPrimary(n1, { holders: 3 });
    expect(back.epoch).toBeGreaterThan(epoch);
    expect(await read(n1, 'meanwhile')).toBe('meanwhile');
  });

  test('a primary that was frozen is fenced when it wakes, and has acknowledged nothing', async () => {
    await using late = nodes.client(n1);
    await late.status();
    await nodes.kill(n1, 'SIGSTOP');
    const asleep = late.commit({ kind: 'make-folder', space: SPACE, path: 'asked-while-frozen' as never });
    const outcome = asleep.then(
      () => 'acknowledged',
      () => 'refused',
    );
    await waitUntil('the second node is primary', CALM_MS, async () => (await nodes.status(n2))?.canCommit === true);
    await put(n2, 'of-the-new-one');
    await nodes.kill(n1, 'SIGCONT');
    expect(await outcome).toBe('refused');
    const { nodeId } = await untilPrimary(undefined, { holders: 3 });
    expect(await read(nodeId, 'of-the-new-one')).toBe('of-the-new-one');
  });

  test('a node that lags takes over with the log of the other one', async () => {
    await nodes.kill(n2);
    for (let count = 0; count < 20; count += 1) await put(n1, `missed-${count}`);
    await nodes.kill(n1);
    nodes.start(n2);
    const { nodeId } = await untilPrimary();
    expect(await read(nodeId, 'missed-19')).toBe('missed-19');
    nodes.start(n1);
    await untilPrimary(n1, { holders: 3 });
  });

  test('a secondary that comes and goes deposes nobody', async () => {
    const { epoch } = await untilPrimary(n1, { holders: 3 });
    for (let count = 0; count < 3; count += 1) {
      await nodes.kill(n3);
      nodes.start(n3);
      await untilPrimary(n1, { holders: 3 });
    }
    expect((await nodes.primary())?.epoch).toBe(epoch);
  });

  test('a damaged log is cut, said so, and given back by the others', async () => {
    for (let count = 0; count < 10; count += 1) await put(n1, `kept-${count}`);
    await untilPrimary(n1, { holders: 3 });
    await nodes.kill(n3);
    damageLog(n3);
    nodes.start(n3);
    await waitUntil('it says so', CALM_MS, () => nodes.log.includes('records that this node acknowledged are damaged'));
    await untilPrimary(n1, { holders: 3 });
    await nodes.kill(n1);
    const { nodeId } = await untilPrimary();
    for (let count = 0; count < 10; count += 1) expect(await read(nodeId, `kept-${count}`)).toBe(`kept-${count}`);
  });

  test('with a damaged log and a dead primary the third is waited for', async () => {
    for (let count = 0; count < 5; count += 1) await put(n1, `kept-${count}`);
    await untilPrimary(n1, { holders: 3 });
    await nodes.kill(n3);
    await put(n1, 'only-on-two');
    await nodes.kill(n2);
    await nodes.kill(n1);
    damageLog(n2);
    nodes.start(n2);
    nodes.start(n3);
    await waitUntil('a candidate says why it waits', CALM_MS, async () =>
      [await nodes.status(n2), await nodes.status(n3)].some((status) => status?.reason?.includes('has lost records') === true),
    );
    expect(await nodes.primary()).toBeUndefined();
    nodes.start(n1);
    const { nodeId } = await untilPrimary(undefined, { holders: 3 });
    expect(await read(nodeId, 'only-on-two')).toBe('only-on-two');
  });
});

describe('a disk', () => {
  beforeEach(async () => {
    nodes = await startStorageNodes({ NETSTORE_PREFERRED_AFTER_MS: '60000' });
  });

  test('that is blank neither votes nor counts until it was taken in by name, and is a full member then', async () => {
    await put(n1, 'before', Buffer.alloc(300_000, 7));
    await nodes.kill(n3);
    rmSync(nodes.dataDir(n3), { recursive: true });
    nodes.start(n3);
    await waitUntil('the blank node answers', CALM_MS, async () => (await nodes.status(n3))?.clusterId === null);
    expect(await operate(nodes, n1).replaceNode(n2)).toMatchObject({ isAlreadyMember: true });
    expect(await operate(nodes, n1).replaceNode(n3)).toMatchObject({ nodeId: n3, isAlreadyMember: false });
    await untilPrimary(n1, { holders: 3 });
    await waitUntil('it knows that it is a member', CALM_MS, async () => (await nodes.status(n3))?.role === 'secondary');
    await nodes.kill(n1);
    const { nodeId } = await untilPrimary();
    expect((await read(nodeId, 'before'))?.length).toBe(300_000);
  });

  test('is taken in though a blob is lost that no node has, and owes it like the others', async () => {
    await put(n1, 'lost');
    await untilPrimary(n1, { holders: 3 });
    const removed = [n1, n2].map((id) => blobFiles(id).map((path) => rmSync(path)).length);
    expect(removed).toEqual([1, 1]);
    await put(n1, 'later');
    await nodes.kill(n3);
    rmSync(nodes.dataDir(n3), { recursive: true });
    nodes.start(n3);
    await waitUntil('the blank node answers', CALM_MS, async () => (await nodes.status(n3))?.clusterId === null);
    await operate(nodes, n1).replaceNode(n3);
    await untilPrimary(n1, { holders: 3 });
    await waitUntil('it knows that it is a member', CALM_MS, async () => (await nodes.status(n3))?.role === 'secondary');
    expect((await nodes.status(n3))?.debt.blobs).toBe(1);
    await nodes.kill(n1);
    const { nodeId } = await untilPrimary();
    expect(await read(nodeId, 'later')).toBe('later');
  });

  test('that was put back to an older state is refused', async () => {
    await put(n1, 'first');
    await untilPrimary(n1, { holders: 3 });
    await nodes.kill(n3, 'SIGTERM');
    const image = `${nodes.dataDir(n3)}-image`;
    cpSync(nodes.dataDir(n3), image, { recursive: true });
    nodes.start(n3);
    for (let count = 0; count < 5; count += 1) await put(n1, `later-${count}`);
    await untilPrimary(n1, { holders: 3 });
    await sleep(600);
    await nodes.kill(n3);
    rmSync(nodes.dataDir(n3), { recursive: true });
    renameSync(image, nodes.dataDir(n3));
    nodes.start(n3);
    await waitUntil('the primary refuses the old image', CALM_MS, async () => {
      const peer = (await nodes.primary())?.peers.find(({ nodeId }) => nodeId === n3);
      return peer?.isMember === false && peer.reason?.includes('went back in time') === true;
    });
    await put(n1, 'by-the-two-others');
    await waitUntil('the old image says that it is refused', CALM_MS, async () => (await readiness(n3)).includes('node replace node-3'));
    expect(await readiness(n3)).toMatch(/^503 /);
    expect(await readiness(n2)).toMatch(/^200 /);
    await expect(operate(nodes, n3).promote()).rejects.toMatchObject({ code: 'NS_CONFLICT' });
  });
});

describe('manual', () => {
  beforeEach(async () => {
    nodes = await startStorageNodes({ NETSTORE_FAILOVER: 'manual' });
  });

  test('nobody takes over until somebody is promoted, and a node without a majority cannot be', async () => {
    await put(n1, 'before');
    await untilPrimary(n1, { holders: 3 });
    await nodes.kill(n1);
    await sleep(4_000);
    expect(await nodes.primary()).toBeUndefined();
    expect(await operate(nodes, n3).promote()).toMatchObject({ primary: n3 });
    expect(await read(n3, 'before')).toBe('before');
    await nodes.kill(n3);
    await expect(operate(nodes, n2).promote()).rejects.toMatchObject({ code: 'NS_NO_QUORUM' });
  });
});

/** Three real nodes whose logs were made shorter: one that was away, and one that lost its catalogue, get a copy of another's. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operate } from '../../support/operator.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';

const COMPACT_LOG = fileURLToPath(new URL('../../../apps/storage-node/src/log/testing/compact-log.ts', import.meta.url));
const [firstId, secondId, thirdId] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const FILES_WHILE_AWAY = 60;
const SNAPSHOT_MS = 60_000;
/** A node that has a snapshot ready ends with it, to be started again. */
const EXIT_START_AGAIN = 75;

let nodes: StorageNodes;
const files = new Map<string, Buffer>();

beforeAll(async () => {
  nodes = await startStorageNodes();
});
afterAll(async () => {
  await nodes?.[Symbol.asyncDispose]();
});

async function put(path: string): Promise<void> {
  const bytes = randomBytes(2_000);
  await using client = nodes.client(((await nodes.primary())?.nodeId ?? firstId) as NodeId);
  await client.putFile(path, bytes);
  files.set(path, bytes);
}

/** By the node's own catalogue and blobs. */
async function expectAll(id: NodeId): Promise<void> {
  await using client = nodes.client(id);
  for (const [path, bytes] of files) expect((await client.readFile(path, { allowStale: true }))?.equals(bytes), path).toBe(true);
}

/** Gives where the log begins. */
function compactLog(id: NodeId): number {
  return Number(execFileSync(process.execPath, [COMPACT_LOG, nodes.dataDir(id)], { encoding: 'utf8' }).split(' ')[0]);
}

async function expectSnapshotTaken(id: NodeId): Promise<void> {
  await waitUntil(`${id} has a snapshot ready`, SNAPSHOT_MS, async () => nodes.hasEnded(id));
  expect(await nodes.kill(id)).toBe(EXIT_START_AGAIN);
  expect(existsSync(join(nodes.dataDir(id), 'SNAPSHOT'))).toBe(true);
  nodes.start(id);
  await nodes.untilReady();
  expect(existsSync(join(nodes.dataDir(id), 'SNAPSHOT'))).toBe(false);
}

test('a node that was away for longer than the log reaches back starts again with a snapshot, and holds everything', async () => {
  for (let number = 0; number < 5; number += 1) await put(`before/${number}`);
  await nodes.untilReady();
  const lastSeq = (await nodes.status(thirdId))?.lastSeq ?? 0;
  await nodes.kill(thirdId, 'SIGTERM');
  for (let number = 0; number < FILES_WHILE_AWAY; number += 1) await put(`while away/${number}`);
  await nodes.stop();
  for (const id of [firstId, secondId]) expect(compactLog(id)).toBeGreaterThan(lastSeq);
  for (const id of nodes.ids) nodes.start(id);
  await expectSnapshotTaken(thirdId);
  await expectAll(thirdId);
  await put('afterwards');
  await nodes.untilReady();
  await expectAll(thirdId);
}, 180_000);

/** Whoever supervises the process is not to start it again for being slow. */
async function expectAliveAndNotReady(id: NodeId, reason: RegExp): Promise<void> {
  const ask = (path: string) => fetch(`${nodes.healthUrl(id)}${path}`).catch(() => undefined);
  await waitUntil(`${id} says what it waits for`, SNAPSHOT_MS, async () => {
    const answer = await ask('/readyz');
    return answer?.status === 503 && reason.test(await answer.text());
  });
  expect((await ask('/livez'))?.status).toBe(200);
  expect((await ask('/metrics'))?.status).toBe(200);
}

test('a node that lost its catalogue, and whose log does not reach back, waits for one and keeps its log', async () => {
  await nodes.stop();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(nodes.dataDir(secondId), `catalogue.db${suffix}`), { force: true });
  nodes.start(secondId);
  await expectAliveAndNotReady(secondId, /lost its catalogue/);
  for (const id of [firstId, thirdId]) nodes.start(id);
  await expectSnapshotTaken(secondId);
  await expectAll(secondId);
  // It can carry the cluster with one other.
  await nodes.kill(thirdId);
  await put('with two');
  nodes.start(thirdId);
  await nodes.untilReady();
  for (const id of nodes.ids) await expectAll(id);
}, 180_000);

test('a new disk of a cluster whose logs are short gets a snapshot as well, and becomes a full member', async () => {
  await nodes.untilReady();
  await nodes.kill(thirdId);
  rmSync(nodes.dataDir(thirdId), { recursive: true });
  nodes.start(thirdId);
  await waitUntil('the blank node answers', SNAPSHOT_MS, async () => (await nodes.status(thirdId))?.clusterId === null);
  await nodes.untilReady({ holders: 2 });
  const primaryId = (await nodes.primary())?.nodeId as NodeId;
  expect(await operate(nodes, primaryId).replaceNode(thirdId)).toMatchObject({ nodeId: thirdId, isAlreadyMember: false });
  await expectSnapshotTaken(thirdId);
  await waitUntil('it knows that it is a member', SNAPSHOT_MS, async () => (await nodes.status(thirdId))?.role === 'secondary');
  await expectAll(thirdId);
}, 180_000);

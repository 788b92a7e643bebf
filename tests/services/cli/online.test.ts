/** The `netstore` command against three real nodes: what it says of them, and what they do when it tells them to. */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { netstore, netstoreFor, type Ran } from '../../support/netstore-command.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';

const [one, two, three] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const SETTLE_MS = 30_000;

let nodes: StorageNodes;
let run: (...args: string[]) => Promise<Ran>;

beforeAll(async () => {
  nodes = await startStorageNodes();
  run = netstoreFor(nodes);
  await using client = nodes.client(one);
  for (let file = 0; file < 5; file += 1) await client.putFile(`docs/${file}`, randomBytes(200_000));
  await nodes.untilReady();
});
afterAll(async () => {
  await nodes?.[Symbol.asyncDispose]();
});

/** A node that came back is heard of at once and counted a moment later. */
async function untilHealthy(): Promise<void> {
  await waitUntil('the cluster is healthy', SETTLE_MS, async () => (await run('status')).exitCode === 0);
}

describe('a healthy cluster', () => {
  test('is called so, node by node, with exit code 0', async () => {
    const { exitCode, stdout, stderr } = await run('status');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^The cluster is healthy\.\nPrimary: node-1, epoch \d+, failover automatic\. Files at risk: 0\./);
    for (const id of nodes.ids) expect(stdout).toMatch(new RegExp(`^${id} +(primary|secondary) +\\d+ +\\d+ +0 +0 +0 +[\\d.]+ \\w+ `, 'm'));
  });

  test('is said as JSON', async () => {
    const { exitCode, json } = await run('status', '--json');
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      health: 'healthy',
      reasons: [],
      primary: one,
      filesAtRisk: 0,
      nodes: nodes.ids.map((id) => ({ id, role: id === one ? 'primary' : 'secondary', lag: 0, missingBlobs: 0, isSafeToStop: true })),
    });
  });

  test('lets any node be stopped, says so, and knows no others', async () => {
    expect(await run('safe-to-stop', two)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^yes: /) });
    expect((await run('safe-to-stop', one, '--json')).json()).toMatchObject({ node: one, isSafeToStop: true });
    expect(await run('safe-to-stop', 'node-9')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('node-1, node-2, node-3') });
  });

  test('holds the same on every node', async () => {
    const { exitCode, json } = await run('verify', '--json');
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ agreement: 'equal', differences: [], nodes: nodes.ids.map((id) => ({ id, blobs: 5 })) });
  });

  test('proves all its bytes when it is told to, and says what it found', async () => {
    const { exitCode, stdout } = await run('verify', '--deep');
    expect(exitCode).toBe(0);
    for (const id of nodes.ids) expect(stdout).toContain(`${id} read 5 blobs: 0 faults`);
    expect((await run('scrub', '--node', two, '--wait', '--json')).json()).toMatchObject({
      nodes: [{ id: two, state: 'idle', blobsDone: 5 }],
    });
    expect((await run('status', '--json')).json()).toMatchObject({
      lostBlobs: 0,
      nodes: [{}, { quarantined: 0, scrub: { state: 'idle', finishedAt: expect.stringMatching(/^20/), lostBlobs: 0 } }, {}],
    });
    expect((await run('status')).stdout).toMatch(/^node-2 .* \d+ s ago +yes$/m);
  });

  test('does not replace a node that is well', async () => {
    const { exitCode, stderr } = await run('node', 'replace', three, '--yes');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/node-3 is a full member and answers: there is nothing to replace\..*Nothing was changed/);
  });

  test('gets another primary by one command, and the first one back by another', async () => {
    expect(await run('promote', two)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^node-2 is primary, epoch \d+\.\n$/) });
    await untilHealthy();
    expect((await run('status', '--json')).json()).toMatchObject({ primary: two });
    expect((await run('promote', two, '--json')).json()).toMatchObject({ primary: two, isChanged: false });
    expect((await run('promote', one, '--json')).json()).toMatchObject({ primary: one, isChanged: true });
    await untilHealthy();
  });
});

describe('with a node killed', () => {
  beforeAll(async () => {
    await nodes.kill(three);
  });
  afterAll(async () => {
    nodes.start(three);
    await untilHealthy();
  });

  test('the cluster is degraded, and the node is unknown, not well', async () => {
    const { exitCode, stdout } = await run('status');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^node-3 +unreachable +\? +\? +\? +\? +\? +\? +\? +no$/m);
    expect(stdout).toContain('- node-3 does not answer: ');
  });

  test('no other node may be stopped, and the reason is said', async () => {
    const { exitCode, stdout } = await run('safe-to-stop', two);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^no: Only 1 of the others/);
  });

  test('it cannot be told whether all hold the same', async () => {
    expect(await run('verify')).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('node-3 gave no census') });
  });

  test('it cannot be replaced before its new disk answers', async () => {
    expect(await run('node', 'replace', three, '--yes')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('empty data directory'),
    });
  });

  test('it cannot become primary', async () => {
    expect(await run('promote', three)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NS_UNAVAILABLE') });
  });
});

test('with two nodes killed nothing can be promoted, and how the cluster is cannot be told', async () => {
  await Promise.all([nodes.kill(one), nodes.kill(three)]);
  expect(await run('status')).toMatchObject({ exitCode: 2, stdout: expect.stringMatching(/^How the cluster is, is not known\./) });
  const promoted = await run('promote', two);
  expect(promoted).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NS_NO_QUORUM') });
  expect(await run('safe-to-stop', two)).toMatchObject({ exitCode: 1 });
  for (const id of [one, three]) nodes.start(id);
  await untilHealthy();
});

test('another key is refused, and the reason is said for every node', async () => {
  const otherKey = join(dirname(nodes.dataDir(one)), 'other.key');
  writeFileSync(otherKey, randomBytes(32).toString('hex'), { mode: 0o600 });
  const { exitCode, stdout } = await run('status', '--key-file', otherKey);
  expect(exitCode).toBe(2);
  expect(stdout.match(/Cluster keys differ/g)).toHaveLength(3);
});

test('a blank disk becomes a full member by one command, which asks first and does nothing unasked', async () => {
  await nodes.kill(three);
  rmSync(nodes.dataDir(three), { recursive: true });
  nodes.start(three);
  await waitUntil('the blank node answers', SETTLE_MS, async () => (await nodes.status(three)) !== undefined);
  expect(await run('status')).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^node-3 +learner /m) });

  const unasked = await run('node', 'replace', three);
  expect(unasked).toMatchObject({ exitCode: 64, stdout: '' });
  expect(unasked.stderr).toMatch(
    /is dropped from the membership, for ever.*\n.*copies what the others hold: 5 blobs, 977 KiB.*\n.*\n.*say --yes/,
  );
  expect((await run('status', '--json')).json()).toMatchObject({ nodes: [{}, {}, { role: 'learner' }] });

  const replaced = await run('node', 'replace', three, '--yes');
  expect(replaced).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('node-3 is a full member again.') });
  await untilHealthy();
  expect(await run('verify')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('All 3 nodes hold the same') });
});

test('without a cluster it says where it looked', async () => {
  const { exitCode, stderr } = await netstore(['status', '--data-dir', nodes.dataDir(one)]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('run.json');
  expect(stderr).not.toMatch(/^\s+at /m);
});

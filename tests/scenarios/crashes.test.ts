/** All five processes, and some of them killed: what was acknowledged stays, what was not is whole or not there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, type ServiceName, startCluster } from '../support/cluster.ts';
import { FileClient, type SeededFile } from '../support/file-client.ts';
import { randomFrom } from '../support/random-from.ts';
import { sha256OfSeeded } from '../support/seeded-bytes.ts';
import { scaled } from '../support/test-scale.ts';
import { waitUntil } from '../support/wait-until.ts';

const MIB = 1024 * 1024;
const NODES: readonly ServiceName[] = ['node-1', 'node-2', 'node-3'];
const ROUNDS = scaled({ full: 8, brief: 3 });
const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const LOOP_TIMEOUT_MS = 300_000;

let cluster: Cluster;
let files: FileClient;

beforeAll(async () => {
  cluster = await startCluster();
  files = new FileClient(cluster.url, await cluster.signIn());
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const isHeldBy = async (path: string, count: number): Promise<boolean> => (await files.entry(path))?.replicas?.durable === count;

test('a secondary that is killed in mid-upload: 2/3, and 3/3 within 10 s per 100 MB once it is back', async () => {
  const file = { path: 'kill/secondary.bin', seed: 'secondary', sizeBytes: 150 * MIB };
  let killed: Promise<void> | undefined;
  const result = await files.upload(file, {
    onProgress: (sentBytes) => {
      if (sentBytes > 50 * MIB) killed ??= cluster.kill('node-3');
    },
  });
  await killed;
  expect(result).toMatchObject({ status: 201, replicas: '2/3' });
  await cluster.spawn('node-3');
  const backAt = performance.now();
  await waitUntil('the file is on all three nodes', 30_000, () => isHeldBy(file.path, 3));
  console.info(`100 MiB and more were caught up in ${Math.round(performance.now() - backAt)} ms, the start of the node included`);
  expect((await files.entry(file.path))?.replicas?.nodes.map(({ state }) => state)).toEqual(['held', 'held', 'held']);
  expect(await files.download(file.path)).toEqual({ status: 200, sha256: sha256OfSeeded(file.seed, file.sizeBytes) });
});

test('a replica that dies while a file is read is replaced in mid-stream', async () => {
  const file = { path: 'kill/read.bin', seed: 'read', sizeBytes: 100 * MIB };
  expect((await files.upload(file)).status).toBe(201);
  await waitUntil('the file is on all three nodes', 30_000, () => isHeldBy(file.path, 3));
  const reading = Promise.all(Array.from({ length: 4 }, () => files.download(file.path, { bytesPerSecond: 60 * MIB })));
  await sleep(400);
  await cluster.kill('node-2');
  for (const { sha256 } of await reading) expect(sha256).toBe(sha256OfSeeded(file.seed, file.sizeBytes));
  await cluster.restart('node-2');
});

test('the primary killed in mid-upload and started again: the client sees a delay, or the truth', async () => {
  const file = { path: 'kill/primary.bin', seed: 'primary', sizeBytes: 60 * MIB };
  let restarted: Promise<void> | undefined;
  const result = await files.upload(file, {
    idempotencyKey: 'primary-killed',
    bytesPerSecond: 40 * MIB,
    onProgress: (sentBytes) => {
      if (sentBytes > 20 * MIB) restarted ??= cluster.kill('node-1').then(() => cluster.restart('node-1'));
    },
  });
  await restarted;
  expect([201, 503]).toContain(result.status);
  if (result.status === 503) expect((await files.upload(file, { idempotencyKey: 'primary-killed' })).status).toBe(201);
  const entry = await files.entry(file.path);
  expect(entry?.versions).toHaveLength(1);
  expect((await files.download(file.path)).sha256).toBe(sha256OfSeeded(file.seed, file.sizeBytes));
});

test(
  `all three nodes killed at once at random moments, ${ROUNDS} times (NETSTORE_TEST_SEED=${SEED}): every acknowledged file is intact`,
  async () => {
    const random = randomFrom(SEED);
    const acknowledged: SeededFile[] = [];
    const unknown: SeededFile[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      let isOver = false;
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let count = 0; !isOver; count += 1) {
          const sizeBytes = random() < 0.5 ? Math.floor(random() * 64_000) : Math.floor(random() * 12 * MIB);
          const file = { path: `storm/${round}-${writer}-${count}.bin`, seed: `${SEED} ${round} ${writer} ${count}`, sizeBytes };
          const status = await files.upload(file).then(
            (result) => result.status,
            () => 0,
          );
          if (status === 201) acknowledged.push(file);
          else unknown.push(file);
          if (status !== 201) return;
        }
      });
      await sleep(300 + random() * 1_500);
      await Promise.all(NODES.map((node) => cluster.kill(node)));
      isOver = true;
      await Promise.all(NODES.map((node) => cluster.spawn(node)));
      await Promise.all(NODES.map((node) => cluster.untilReady(node)));
      await cluster.untilReady('gateway');
      await Promise.all(writers);
      for (const file of acknowledged.slice(-20)) await expectIntact(file);
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS);
    for (const file of acknowledged) await expectIntact(file);
    for (const file of unknown) await expectWholeOrAbsent(file);
    console.info(`${acknowledged.length} files acknowledged, ${unknown.length} with unknown outcome`);
  },
  LOOP_TIMEOUT_MS,
);

async function expectIntact(file: SeededFile): Promise<void> {
  expect(await files.download(file.path), file.path).toEqual({ status: 200, sha256: sha256OfSeeded(file.seed, file.sizeBytes) });
}

async function expectWholeOrAbsent(file: SeededFile): Promise<void> {
  const { status, sha256 } = await files.download(file.path);
  if (status !== 404) expect({ status, sha256 }, file.path).toEqual({ status: 200, sha256: sha256OfSeeded(file.seed, file.sizeBytes) });
}

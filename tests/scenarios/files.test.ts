/** All five processes, from a user's side: large files, parallel files, slow clients, and what they cost. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { FileClient } from '../support/file-client.ts';
import { COUNTED_MEMORY, isMemoryCounted, memoryGrowth, residentBytes } from '../support/memory.ts';
import { needs } from '../support/needs.ts';
import { sha256OfSeeded } from '../support/seeded-bytes.ts';
import { scaled } from '../support/test-scale.ts';
import { waitUntil } from '../support/wait-until.ts';

const MIB = 1024 * 1024;
const LARGE_BYTES = scaled({ full: 2048 * MIB, brief: 512 * MIB });
const PARALLEL_BYTES = scaled({ full: 24 * MIB, brief: 8 * MIB });
const GROWTH_MAX_BYTES = 200 * MIB;
const IDLE_MAX_BYTES = 600 * MIB;
const LARGE_TIMEOUT_MS = 300_000;

let cluster: Cluster;
let files: FileClient;

beforeAll(async () => {
  cluster = await startCluster();
  files = new FileClient(cluster.url, await cluster.signIn());
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

function pids(): Record<'auth' | 'gateway' | 'node-1' | 'node-2' | 'node-3', number> {
  return {
    auth: cluster.pid('auth'),
    gateway: cluster.pid('gateway'),
    'node-1': cluster.pid('node-1'),
    'node-2': cluster.pid('node-2'),
    'node-3': cluster.pid('node-3'),
  };
}

test('the idle cluster takes less than 600 MiB in all', (context) => {
  needs(context, COUNTED_MEMORY, isMemoryCounted);
  const total = Object.values(pids()).reduce((sum, pid) => sum + (residentBytes(pid) ?? 0), 0);
  expect(total / MIB).toBeLessThan(IDLE_MAX_BYTES / MIB);
});

test(
  `${LARGE_BYTES / MIB} MiB go up and come down equal, and no process grows by 200 MiB`,
  async (context) => {
    needs(context, COUNTED_MEMORY, isMemoryCounted);
    const file = { path: 'large/one.bin', seed: 'large', sizeBytes: LARGE_BYTES };
    const growth = await memoryGrowth(pids(), async () => {
      expect(await files.upload(file)).toMatchObject({ status: 201, replicas: expect.stringMatching(/^[23]\/3$/) });
      expect(await files.download(file.path)).toEqual({ status: 200, sha256: sha256OfSeeded(file.seed, file.sizeBytes) });
    });
    console.info(
      'memory growth in MiB',
      Object.fromEntries(Object.entries(growth).map(([name, bytes]) => [name, Math.round(bytes / MIB)])),
    );
    for (const [name, bytes] of Object.entries(growth)) expect(bytes / MIB, name).toBeLessThan(GROWTH_MAX_BYTES / MIB);
  },
  LARGE_TIMEOUT_MS,
);

test(
  '32 uploads at once stay within the declared memory and are all intact',
  async (context) => {
    needs(context, COUNTED_MEMORY, isMemoryCounted);
    const all = Array.from({ length: 32 }, (_, index) => ({
      path: `parallel/${index}.bin`,
      seed: `parallel ${index}`,
      sizeBytes: PARALLEL_BYTES + index,
    }));
    const growth = await memoryGrowth(pids(), async () => {
      const results = await Promise.all(all.map((file) => files.upload(file)));
      expect(results.map(({ status }) => status)).toEqual(all.map(() => 201));
    });
    console.info(
      'memory growth in MiB',
      Object.fromEntries(Object.entries(growth).map(([name, bytes]) => [name, Math.round(bytes / MIB)])),
    );
    for (const [name, bytes] of Object.entries(growth)) expect(bytes / MIB, name).toBeLessThan(GROWTH_MAX_BYTES / MIB);
    for (const file of all) expect((await files.download(file.path)).sha256).toBe(sha256OfSeeded(file.seed, file.sizeBytes));
  },
  LARGE_TIMEOUT_MS,
);

describe('a slow client', () => {
  test('that sends is served to the end and costs the gateway little', async (context) => {
    needs(context, COUNTED_MEMORY, isMemoryCounted);
    const slow = Array.from({ length: 8 }, (_, index) => ({ path: `slow/${index}.bin`, seed: `slow ${index}`, sizeBytes: 2 * MIB }));
    const growth = await memoryGrowth(pids(), async () => {
      const results = await Promise.all(slow.map((file) => files.upload(file, { bytesPerSecond: 500_000 })));
      expect(results.every(({ status }) => status === 201)).toBe(true);
    });
    expect(growth.gateway / MIB).toBeLessThan(GROWTH_MAX_BYTES / MIB);
  });

  test('that reads costs the gateway little', async (context) => {
    needs(context, COUNTED_MEMORY, isMemoryCounted);
    const file = { path: 'slow/read.bin', seed: 'slow read', sizeBytes: 48 * MIB };
    expect((await files.upload(file)).status).toBe(201);
    const growth = await memoryGrowth(pids(), async () => {
      const reads = await Promise.all(Array.from({ length: 8 }, () => files.download(file.path, { bytesPerSecond: 12 * MIB })));
      for (const read of reads) expect(read.sha256).toBe(sha256OfSeeded(file.seed, file.sizeBytes));
    });
    expect(growth.gateway / MIB).toBeLessThan(GROWTH_MAX_BYTES / MIB);
  });
});

describe('a client that vanishes', () => {
  test('in the middle of an upload leaves no file and no staged blob', async () => {
    const vanished = new AbortController();
    const file = { path: 'vanished.bin', seed: 'vanished', sizeBytes: 200 * MIB };
    const upload = files.upload(file, {
      bytesPerSecond: 40 * MIB,
      signal: vanished.signal,
      onProgress: (sentBytes) => {
        if (sentBytes > 40 * MIB) vanished.abort();
      },
    });
    await expect(upload).rejects.toThrow();
    expect(await files.entry('vanished.bin')).toBeUndefined();
    for (const { id, dataDir } of cluster.run.nodes) {
      await waitUntil(`staging of ${id} is empty`, 30_000, () => readdirSync(join(dataDir, 'staging')).length === 0);
    }
  });
});

/** Disks that fail, lie, are slow, full, out of inodes, read-only or partly unreadable (D4 to D8, D11 to D13): the node lags or steps out, the cluster goes on. */
import { globSync, statSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlobId, NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mountTmpfs, physicalOffset, whyNoFaultDisk } from '../../support/fault-disk.ts';
import { isProgramThere } from '../../support/fault-tools.ts';
import { needs } from '../../support/needs.ts';
import { type Arrangement, FaultCluster, NODE_2, NODE_3, NODE_IDS } from '../fault-cluster.ts';
import { replaceDisk, scrub } from '../operator.ts';
import { writesBackAfterMs } from '../timeline.ts';
import { underLoad } from '../under-load.ts';
import { Workload } from '../workload.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const MIB = 1024 * 1024;
/** All tests of this file write to the same disks: on a smaller one the last of them finds no room. */
const DISK_MIB = 3072;
const LONG_MS = 300_000;
/** EX_IOERR: the disk or the view of it cannot be trusted any more. */
const EXIT_DISK_FAILED = 70;

const whyNot = whyNoFaultDisk();
beforeEach((context) => {
  needs(context, whyNot ?? '', whyNot === undefined);
  needs(context, 'strace', isProgramThere('strace'));
});

/** Counts for each thread by itself: one thread makes all of them one count. */
function failingSync(path: string, fault: string): { readonly through: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const trace = ['-e', 'trace=fdatasync,fsync', '-e', `inject=fdatasync,fsync:${fault}`];
  return { through: ['strace', '-f', '-D', '-qq', '-o', '/dev/null', '-P', path, ...trace], env: { UV_THREADPOOL_SIZE: '1' } };
}

/** Of the larger blobs the one that begins last on the disk: it and nothing that matters lies behind that place. */
function lastLargeBlob(folder: string): string {
  const large = globSync(join(folder, 'blobs/*/*')).filter((path) => statSync(path).size > MIB);
  const sorted = large.map((path) => ({ path, offset: physicalOffset(path) })).sort((a, b) => b.offset - a.offset);
  if (sorted[0] === undefined) throw new Error(`${folder} holds no large blob`);
  return sorted[0].path;
}

async function restartAs(cluster: FaultCluster, id: NodeId, arrangement: Arrangement): Promise<void> {
  await cluster.kill(id);
  cluster.arrange(id, arrangement);
  cluster.startNode(id);
}

describe('with disks of their own', () => {
  let cluster: FaultCluster;
  beforeAll(async () => {
    if (whyNot !== undefined) return;
    const disks = Object.fromEntries(NODE_IDS.map((id) => [id, { sizeMib: DISK_MIB }]));
    cluster = await FaultCluster.start({ seed: SEED, disks, nodeEnv: { NETSTORE_PREFERRED_AFTER_MS: '3000' } });
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  test.each([3, 8, 20])(
    'sync number %d of the log fails on the primary: it ends, and another leads',
    async (when) => {
      const { problems } = await underLoad(cluster, { seed: `${when} ${SEED}`, mayEnd: true }, async (workload) => {
        const primary = (await cluster.untilPrimary()).nodeId;
        const segment =
          globSync(join(cluster.nodes.dataDir(primary), 'log', '*.log'))
            .sort()
            .at(-1) ?? '';
        await restartAs(cluster, primary, failingSync(segment, `error=EIO:when=${when}`));
        await cluster.untilEnded(primary);
        const endedAtMs = performance.now();
        expect(await cluster.nodes.kill(primary)).toBe(EXIT_DISK_FAILED);
        cluster.arrange(primary, {});
        await sleep(6_000);
        expect(writesBackAfterMs(await workload.ledger.history(), endedAtMs)).toBeLessThan(6_000);
        cluster.startNode(primary);
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'every sync of a secondary takes 50 ms: slower, and nothing else',
    async () => {
      const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
        await restartAs(cluster, NODE_3, { ...failingSync(cluster.nodes.dataDir(NODE_3), 'delay_enter=50000'), env: {} });
        await cluster.untilHealed();
        await sleep(4_000);
        await restartAs(cluster, NODE_3, {});
      });
      expect(problems).toEqual([]);
      expect(tally.fail).toBe(0);
    },
    LONG_MS,
  );

  test(
    'a sync of the primary takes 6 s: it steps down, and another leads',
    async () => {
      const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
        const primary = (await cluster.untilPrimary()).nodeId;
        const segment =
          globSync(join(cluster.nodes.dataDir(primary), 'log', '*.log'))
            .sort()
            .at(-1) ?? '';
        await restartAs(cluster, primary, failingSync(segment, 'delay_enter=6000000:when=12'));
        await cluster.untilHealed();
        const from = performance.now();
        await sleep(12_000);
        expect(writesBackAfterMs(await workload.ledger.history(), from)).toBeLessThan(12_000);
        await restartAs(cluster, primary, {});
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'the power of a node is cut whose disk lies about syncs: it is found out, replaced, and nothing is lost',
    async () => {
      const { problems } = await underLoad(cluster, { seed: SEED, mayEnd: true }, async () => {
        await restartAs(cluster, NODE_2, { planted: ['no file sync', 'no folder sync'] });
        await cluster.untilHealed();
        await sleep(2_000);
        await cluster.cutPower(NODE_2);
        cluster.arrange(NODE_2, {});
        await replaceDisk(cluster, NODE_2);
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );

  test.each(['a secondary', 'the primary'])(
    'the disk of %s becomes read-only',
    async (who) => {
      const { problems } = await underLoad(cluster, { seed: `${who} ${SEED}`, mayEnd: true }, async (workload) => {
        const primary = (await cluster.untilPrimary()).nodeId;
        const victim = who === 'the primary' ? primary : (NODE_IDS.find((id) => id !== primary) ?? NODE_3);
        cluster.disks.get(victim)?.makeReadOnly();
        const fromMs = performance.now();
        await sleep(9_000);
        expect(writesBackAfterMs(await workload.ledger.history(), fromMs)).toBeLessThan(9_000);
        await cluster.kill(victim);
        await cluster.disks.get(victim)?.remount();
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'sectors of a blob cannot be read: readers get the file, and the copy is made good',
    async () => {
      const disk = cluster.disks.get(NODE_3);
      if (disk === undefined) throw new Error('node-3 has no disk of its own');
      const { problems } = await underLoad(cluster, { seed: SEED, largeOneIn: 3, damaged: [NODE_3] }, async (workload) => {
        const calls = workload.calls('reader-of-bad-sectors');
        for (let index = 0; index < 6; index += 1) await calls.put(`sectors/${index}`, { seed: `sector ${index}`, sizeBytes: 2 * MIB });
        await cluster.untilHealed();
        await cluster.kill(NODE_3);
        // Mounted anew, nothing of it is in memory.
        await disk.remount();
        const victim = lastLargeBlob(disk.folder);
        truncateSync(disk.image, physicalOffset(victim));
        cluster.startNode(NODE_3);
        await cluster.untilHealed();
        // By its own disk, node-3 says that it cannot give it; by the others, readers get everything.
        await using client = cluster.nodes.client(NODE_3);
        const ref = { blobId: basename(victim) as BlobId, lengthBytes: MIB, crcTableSha256: new Uint8Array(32) };
        await expect(client.readBlob(ref)).rejects.toThrow();
        for (let index = 0; index < 6; index += 1) expect((await calls.get(`sectors/${index}`)).outcome).toBe('ok');
        truncateSync(disk.image, DISK_MIB * MIB);
        expect((await scrub(cluster, NODE_3)).lostBlobs).toBe(0);
      });
      expect(globSync(join(disk.folder, 'quarantine/*')).length).toBeGreaterThan(0);
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );
});

test(
  'the disk under a node is smaller than it says: a real failed sync ends the process, the others go on, and it comes back on a larger one',
  async () => {
    await using stack = new AsyncDisposableStack();
    const small = stack.use(mountTmpfs(100));
    const cluster = stack.use(await FaultCluster.start({ seed: SEED, disks: { [NODE_3]: { sizeMib: 512, imageDir: small.folder } } }));
    const { problems } = await underLoad(cluster, { seed: SEED, largeOneIn: 2, mayEnd: true }, async (workload) => {
      await cluster.untilEnded(NODE_3);
      expect(await cluster.nodes.kill(NODE_3)).toBe(EXIT_DISK_FAILED);
      const endedAtMs = performance.now();
      await sleep(3_000);
      expect(writesBackAfterMs(await workload.ledger.history(), endedAtMs)).toBeLessThan(3_000);
      small.resize(600);
      await cluster.disks.get(NODE_3)?.remount();
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'a secondary has no inodes left: uploads go on with two copies, and deletes still work',
  async () => {
    await using cluster = await FaultCluster.start({ seed: SEED, disks: { [NODE_3]: { sizeMib: 256, inodes: 400 } } });
    await using idle = await Workload.start(cluster, { seed: SEED, clients: 0 });
    const calls = idle.calls('filler');
    const paths = Array.from({ length: 240 }, (_, index) => `inodes/${index}`);
    for (let at = 0; at < paths.length; at += 8) {
      const answers = await Promise.all(paths.slice(at, at + 8).map((path) => calls.put(path, { seed: path, sizeBytes: 500 })));
      expect(answers.map(({ outcome }) => outcome)).toEqual(answers.map(() => 'ok'));
    }
    expect((await cluster.statuses()).get(NODE_3)?.debt.blobs).toBeGreaterThan(0);
    for (const path of paths) expect((await calls.get(path)).outcome).toBe('ok');
    for (const path of paths.slice(0, 10)) expect((await calls.remove(path)).outcome).toBe('ok');
    expect(cluster.nodes.hasEnded(NODE_3)).toBe(false);
    expect(await cluster.primary()).toBeDefined();
  },
  LONG_MS,
);

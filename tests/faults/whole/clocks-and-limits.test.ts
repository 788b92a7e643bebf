/** Clocks that are wrong or jump, few descriptors, little memory (P12 to P14): safety does not depend on any of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFaketime, isProgramThere } from '../../support/fault-tools.ts';
import { needs } from '../../support/needs.ts';
import { FaultCluster, NODE_1, NODE_2, NODE_3, NODE_IDS } from '../fault-cluster.ts';
import { underLoad } from '../under-load.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const MIB = 1024 * 1024;
const LONG_MS = 300_000;
const faketime = findFaketime();

let cluster: FaultCluster;
beforeAll(async () => {
  cluster = await FaultCluster.start({ seed: SEED, nodeEnv: { NETSTORE_PREFERRED_AFTER_MS: '3600000' } });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

async function restartAll(): Promise<void> {
  for (const id of NODE_IDS) {
    await cluster.kill(id);
    cluster.startNode(id);
    await cluster.untilHealed();
  }
}

test(
  'clocks that are hours apart change nothing, also when another node takes over',
  async (context) => {
    needs(context, 'libfaketime', faketime !== undefined);
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
      for (const [id, offset] of [
        [NODE_1, '+3h'],
        [NODE_2, '-2h'],
        [NODE_3, '+0'],
      ] as const)
        cluster.arrange(id, { env: clockAt(offset) });
      await restartAll();
      await cluster.kill((await cluster.untilPrimary()).nodeId);
      await cluster.untilPrimary();
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

test(
  'clocks that jump to and fro while nodes run change nothing',
  async (context) => {
    needs(context, 'libfaketime', faketime !== undefined);
    const folder = mkdtempSync(join(tmpdir(), 'netstore-clock-'));
    const file = join(folder, 'offset');
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
      writeFileSync(file, '+0');
      for (const id of [NODE_1, NODE_3])
        cluster.arrange(id, { env: { ...clockAt(''), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' } });
      await restartAll();
      const { epoch } = await cluster.untilPrimary();
      for (const offset of ['+1h', '-1h', '+30d', '-30d', '+0']) {
        writeFileSync(file, offset);
        await sleep(1_500);
      }
      expect((await cluster.untilPrimary()).epoch, 'silence is measured by a clock that does not jump').toBe(epoch);
    });
    rmSync(folder, { recursive: true });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

function clockAt(offset: string): Record<string, string> {
  return { LD_PRELOAD: faketime ?? '', FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_RESET: '1' };
}

test(
  'nodes that may open 64 files serve what they can, and lose nothing',
  async (context) => {
    needs(context, 'prlimit', isProgramThere('prlimit'));
    const { problems, tally } = await underLoad(cluster, { seed: SEED, clients: 12, mayEnd: true }, async () => {
      for (const id of NODE_IDS) cluster.arrange(id, { through: ['prlimit', '--nofile=64:64'] });
      for (const id of NODE_IDS) {
        await cluster.kill(id);
        cluster.startNode(id);
      }
      await cluster.untilPrimary();
      await sleep(5_000);
      for (const id of NODE_IDS) cluster.arrange(id, {});
      await cluster.kill(...NODE_IDS);
      for (const id of NODE_IDS) cluster.startNode(id);
    });
    console.info(JSON.stringify(tally));
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'a primary with little memory sheds load or starts again, and nothing is lost',
  async () => {
    const { problems, tally } = await underLoad(
      cluster,
      { seed: SEED, clients: 8, largeOneIn: 3, largeBytes: 20 * MIB, mayEnd: true },
      async () => {
        cluster.arrange(NODE_1, { env: { NODE_OPTIONS: '--max-old-space-size=40' } });
        await cluster.kill(NODE_1);
        cluster.startNode(NODE_1);
        await sleep(10_000);
        cluster.arrange(NODE_1, {});
      },
    );
    console.info(`node-1 ${cluster.nodes.hasEnded(NODE_1) ? 'ended' : 'went on'}: ${JSON.stringify(tally)}`);
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

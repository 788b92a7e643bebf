/**
 * Wires that are cut, both ways, one way, one by one, again and again (N1 to N5, N13, N14), and a primary that sleeps (P8): at most one primary acknowledges,
 * no minority does, and nobody deposes a healthy primary.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { residentBytes } from '../../support/memory.ts';
import { randomFrom } from '../../support/random-from.ts';
import { FaultCluster, NODE_IDS } from '../fault-cluster.ts';
import { writesBackAfterMs } from '../timeline.ts';
import { underLoad } from '../under-load.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const MIB = 1024 * 1024;
const WRITES_BACK_MS = 5_000;
const LONG_MS = 300_000;

let cluster: FaultCluster;
beforeAll(async () => {
  // Nobody changes places during a test but for its fault.
  cluster = await FaultCluster.start({ seed: SEED, nodeEnv: { NETSTORE_PREFERRED_AFTER_MS: '3600000' } });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

async function parties(): Promise<{ primary: NodeId; secondaries: [NodeId, NodeId]; epoch: number }> {
  const { nodeId, epoch } = await cluster.untilPrimary();
  return { primary: nodeId, secondaries: NODE_IDS.filter((id) => id !== nodeId) as [NodeId, NodeId], epoch };
}

test(
  'a secondary is cut off: writes go on, and its return deposes nobody',
  async () => {
    const { secondaries, epoch } = await parties();
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async (workload) => {
      cluster.links.isolate(secondaries[1]);
      const cutAtMs = performance.now();
      await sleep(6_000);
      expect(writesBackAfterMs(await workload.ledger.history(), cutAtMs)).toBeLessThan(3_000);
      cluster.links.heal();
      await sleep(3_000);
      expect((await cluster.untilPrimary()).epoch).toBe(epoch);
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

test.each([true, false])(
  'the primary is cut off from both secondaries, and from the gateway: %s',
  async (fromGateways) => {
    const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
      const { primary, epoch } = await parties();
      const cutAtMs = performance.now();
      cluster.links.isolate(primary, { fromGateways });
      await sleep(WRITES_BACK_MS + 2_000);
      const now = await cluster.untilPrimary();
      expect(now.nodeId).not.toBe(primary);
      expect(now.epoch).toBeGreaterThan(epoch);
      expect(writesBackAfterMs(await workload.ledger.history(), cutAtMs)).toBeLessThan(WRITES_BACK_MS);
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

describe('one way only', () => {
  test(
    'the primary hears nobody, and is heard',
    async () => {
      const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
        const { primary, secondaries } = await parties();
        const cutAtMs = performance.now();
        for (const other of secondaries) cluster.links.cutOneWay(other, primary);
        await sleep(10_000);
        expect(writesBackAfterMs(await workload.ledger.history(), cutAtMs)).toBeLessThan(10_000);
        expect((await cluster.untilPrimary()).nodeId).not.toBe(primary);
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'the primary is heard by nobody, and hears',
    async () => {
      const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
        const { primary, secondaries } = await parties();
        const cutAtMs = performance.now();
        for (const other of secondaries) cluster.links.cutOneWay(primary, other);
        await sleep(10_000);
        expect(writesBackAfterMs(await workload.ledger.history(), cutAtMs)).toBeLessThan(10_000);
        expect((await cluster.untilPrimary()).nodeId).not.toBe(primary);
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );
});

test(
  'a bridge: the primary and one secondary do not hear each other, the third hears both, and stays with the primary',
  async () => {
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async (workload) => {
      const { primary, secondaries, epoch } = await parties();
      cluster.links.cut(primary, secondaries[0]);
      const cutAtMs = performance.now();
      await sleep(8_000);
      const now = await cluster.untilPrimary();
      expect({ nodeId: now.nodeId, epoch: now.epoch }).toEqual({ nodeId: primary, epoch });
      expect(writesBackAfterMs(await workload.ledger.history(), cutAtMs)).toBeLessThan(3_000);
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

test(
  'the gateway reaches only the old primary: no write is acknowledged there, and the gateway goes on when it hears of the new one',
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
      const { primary, secondaries } = await parties();
      for (const other of secondaries) cluster.links.cut('gateway-0', other);
      cluster.links.isolate(primary, { fromGateways: false });
      await sleep(4_000);
      const from = performance.now();
      await sleep(3_000);
      expect(writesBackAfterMs(await workload.ledger.history(), from)).toBeUndefined();
      cluster.links.heal();
      const healedAtMs = performance.now();
      await sleep(WRITES_BACK_MS);
      expect(writesBackAfterMs(await workload.ledger.history(), healedAtMs)).toBeLessThan(WRITES_BACK_MS);
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'links are cut one by one and healed one by one in random order, by seed',
  async () => {
    const random = randomFrom(SEED);
    const ways = NODE_IDS.flatMap((from) => NODE_IDS.filter((to) => to !== from).map((to) => [from, to] as const));
    const { problems } = await underLoad(cluster, { seed: SEED }, async () => {
      for (const [from, to] of shuffled(ways, random)) {
        cluster.links.link(from, to).faults = { toServer: { isHeld: true }, toClient: { isHeld: true } };
        await sleep(400);
      }
      for (const [from, to] of shuffled(ways, random)) {
        cluster.links.link(from, to).faults = {};
        await sleep(400);
      }
      await cluster.untilHealed();
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'a secondary that comes and goes every moment deposes nobody and holds up nothing',
  async () => {
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
      const { primary, secondaries, epoch } = await parties();
      const before = residentBytes(cluster.nodes.pid(primary)) ?? 0;
      for (let turn = 0; turn < 20; turn += 1) {
        cluster.links.isolate(secondaries[0], { fromGateways: false });
        await sleep(350);
        cluster.links.heal();
        await sleep(350);
      }
      const now = await cluster.untilPrimary();
      expect({ nodeId: now.nodeId, epoch: now.epoch }).toEqual({ nodeId: primary, epoch });
      expect((residentBytes(cluster.nodes.pid(primary)) ?? 0) - before).toBeLessThan(100 * MIB);
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

test(
  'the primary sleeps for 15 s: another leads within 5 s, and the one that wakes is fenced and acknowledges nothing',
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
      const { primary, secondaries, epoch } = await parties();
      const before = secondaries.map((id) => residentBytes(cluster.nodes.pid(id)) ?? 0);
      const frozenAtMs = performance.now();
      await cluster.nodes.kill(primary, 'SIGSTOP');
      await sleep(15_000);
      expect(writesBackAfterMs(await workload.ledger.history(), frozenAtMs)).toBeLessThan(WRITES_BACK_MS);
      await cluster.nodes.kill(primary, 'SIGCONT');
      const now = await cluster.untilPrimary();
      expect(now.nodeId).not.toBe(primary);
      expect(now.epoch).toBeGreaterThan(epoch);
      await cluster.untilHealed();
      for (const [index, id] of secondaries.entries()) {
        expect((residentBytes(cluster.nodes.pid(id)) ?? 0) - (before[index] ?? 0)).toBeLessThan(150 * MIB);
      }
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'a secondary sleeps for 12 s: it is left out within 5 s, and what waits for it stays bounded',
  async () => {
    const { problems, tally } = await underLoad(cluster, { seed: SEED, largeOneIn: 4 }, async (workload) => {
      const { primary, secondaries, epoch } = await parties();
      const before = residentBytes(cluster.nodes.pid(primary)) ?? 0;
      const frozenAtMs = performance.now();
      await cluster.nodes.kill(secondaries[1], 'SIGSTOP');
      await sleep(12_000);
      expect(writesBackAfterMs(await workload.ledger.history(), frozenAtMs)).toBeLessThan(WRITES_BACK_MS);
      expect((residentBytes(cluster.nodes.pid(primary)) ?? 0) - before).toBeLessThan(200 * MIB);
      await cluster.nodes.kill(secondaries[1], 'SIGCONT');
      await cluster.untilHealed();
      expect((await cluster.untilPrimary()).epoch).toBe(epoch);
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

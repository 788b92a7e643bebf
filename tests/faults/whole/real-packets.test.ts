/** Partitions, loss and resets as the network makes them (N1 to N6): packets of nodes in namespaces of their own are dropped by the kernel. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FaultNetwork, whyNoNetwork } from '../../support/fault-network.ts';
import { needs } from '../../support/needs.ts';
import { FaultCluster, NODE_IDS } from '../fault-cluster.ts';
import { writesBackAfterMs } from '../timeline.ts';
import { underLoad } from '../under-load.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const WRITES_BACK_MS = 5_000;
const LONG_MS = 300_000;

const whyNot = whyNoNetwork();
let network: FaultNetwork;
let cluster: FaultCluster;

beforeAll(async () => {
  if (whyNot !== undefined) return;
  network = FaultNetwork.make(NODE_IDS.length);
  cluster = await FaultCluster.start({ seed: SEED, network, nodeEnv: { NETSTORE_PREFERRED_AFTER_MS: '3600000' } });
});
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  network?.[Symbol.dispose]();
});
beforeEach((context) => {
  needs(context, whyNot ?? '', whyNot === undefined);
  network.heal();
});

/** The index of the primary, and those of the others. */
async function places(): Promise<{ primary: number; others: [number, number]; epoch: number }> {
  const { nodeId, epoch } = await cluster.untilPrimary();
  const primary = NODE_IDS.indexOf(nodeId);
  return {
    primary,
    others: NODE_IDS.keys()
      .filter((index) => index !== primary)
      .toArray() as [number, number],
    epoch,
  };
}

function part(one: number, other: number): void {
  network.drop(one, [network.address(other)]);
  network.drop(other, [network.address(one)]);
}

test(
  'the primary is parted from both others: another leads within 5 s, and the old one acknowledges nothing',
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
      const { primary, others } = await places();
      const cutAtMs = performance.now();
      for (const other of others) part(primary, other);
      await sleep(WRITES_BACK_MS + 2_000);
      expect(writesBackAfterMs(await workload.ledger.history(), cutAtMs)).toBeLessThan(WRITES_BACK_MS);
      expect(NODE_IDS.indexOf((await cluster.untilPrimary()).nodeId)).not.toBe(primary);
      network.heal();
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test.each(['to', 'from'])(
  'every packet %s the primary is lost, and none the other way',
  async (direction) => {
    const { problems } = await underLoad(cluster, { seed: SEED }, async (workload) => {
      const { primary, others } = await places();
      const cutAtMs = performance.now();
      for (const other of others) {
        if (direction === 'to') network.drop(other, [network.address(primary)]);
        else network.drop(primary, [network.address(other)]);
      }
      await sleep(10_000);
      expect(writesBackAfterMs(await workload.ledger.history(), cutAtMs)).toBeLessThan(10_000);
      network.heal();
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'a bridge deposes nobody',
  async () => {
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
      const { primary, others, epoch } = await places();
      part(primary, others[0]);
      await sleep(8_000);
      expect((await cluster.untilPrimary()).epoch).toBe(epoch);
      network.heal();
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

test.each([50, 10])(
  'one in %d packets of each node is lost',
  async (oneIn) => {
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
      for (const index of NODE_IDS.keys()) network.lose(index, oneIn);
      await sleep(8_000);
      network.heal();
    });
    expect(problems).toEqual([]);
    expect(tally.ok).toBeGreaterThan(10);
  },
  LONG_MS,
);

test(
  'every connection of the primary to the others is reset, for a while',
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED }, async () => {
      const { primary, others } = await places();
      network.reset(
        primary,
        others.map((other) => network.address(other)),
      );
      await sleep(6_000);
      network.heal();
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

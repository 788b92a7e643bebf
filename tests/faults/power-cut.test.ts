/**
 * The power of one node and of all three is cut at random moments (D1, D2, D3): the file systems under them are shut down without a flush, so
 * that what was not synced is gone. With the syncs left out the same test loses files, which shows that it would see it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeId } from '@netstore/shared-types';
import { beforeEach, expect, test } from 'vitest';
import { whyNoFaultDisk } from '../support/fault-disk.ts';
import { needs } from '../support/needs.ts';
import { randomFrom } from '../support/random-from.ts';
import { scaled } from '../support/test-scale.ts';
import { judge, problemsOf } from './convergence.ts';
import { FaultCluster, NODE_IDS } from './fault-cluster.ts';
import { Workload } from './workload.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const ROUNDS = scaled({ full: 30, brief: 2 });
const TIMEOUT_MS = scaled({ full: 1_200_000, brief: 180_000 });
const DISKS = Object.fromEntries(NODE_IDS.map((id) => [id, { sizeMib: 4096 }]));

const whyNot = whyNoFaultDisk();
beforeEach((context) => needs(context, whyNot ?? '', whyNot === undefined));

/** One round: all at once every third time, else one. */
async function cutAtRandom(cluster: FaultCluster, round: number, random: () => number): Promise<void> {
  await sleep(150 + random() * 1_000);
  const one = NODE_IDS[Math.floor(random() * NODE_IDS.length)] as NodeId;
  const victims = round % 3 === 0 ? NODE_IDS : [one];
  await cluster.cutPower(...victims);
  for (const id of victims) cluster.startNode(id);
}

test(
  `the power cut on one and on all nodes, ${ROUNDS} times (NETSTORE_TEST_SEED=${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    await using cluster = await FaultCluster.start({ seed: SEED, disks: DISKS });
    await using workload = await Workload.start(cluster, { seed: SEED, clients: 8, largeOneIn: 40 });
    for (let round = 0; round < ROUNDS; round += 1) {
      await cutAtRandom(cluster, round, random);
      await cluster.untilHealed();
    }
    await workload.stop();
    const { problems, tally } = await judge(cluster, workload, { mayEnd: true });
    console.info(`${ROUNDS} power cuts: ${JSON.stringify(tally)}`);
    expect(problems).toEqual([]);
    expect(tally.ok).toBeGreaterThan(10 * ROUNDS);
  },
  TIMEOUT_MS,
);

test('the same without syncs loses files, and this test sees it', async () => {
  await using cluster = await FaultCluster.start({ disks: DISKS });
  // Formed on honest disks: what is lost is what was acknowledged after.
  await cluster.stopNodes();
  for (const id of NODE_IDS) cluster.arrange(id, { planted: ['no file sync', 'no folder sync'] });
  for (const id of NODE_IDS) cluster.startNode(id);
  await cluster.untilHealed();
  expect(cluster.nodes.log.split('"planted"').length - 1).toBeGreaterThanOrEqual(2 * NODE_IDS.length);
  await using workload = await Workload.start(cluster, { seed: SEED, clients: 8, operationsMax: 60, patienceMs: 1_000 });
  await workload.done();
  await cluster.cutPower(...NODE_IDS);
  for (const id of NODE_IDS) cluster.startNode(id);
  const problems = await problemsOf(cluster, workload);
  console.info(`${problems.length} problems, the first: ${problems[0]}`);
  expect(problems).not.toEqual([]);
});

/** Nodes and gateways that end at random and at chosen moments (P3, P4, P5, P9, P10): what was acknowledged stays, and no operation happens twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { randomFrom } from '../../support/random-from.ts';
import { scaled } from '../../support/test-scale.ts';
import { judge } from '../convergence.ts';
import { FaultCluster, NODE_1, NODE_IDS } from '../fault-cluster.ts';
import { Workload } from '../workload.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const ALL_KILLED_ROUNDS = scaled({ full: 50, brief: 2 });
const LONG_MS = 900_000;

test(
  `all three nodes killed at once, ${ALL_KILLED_ROUNDS} times (NETSTORE_TEST_SEED=${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    await using cluster = await FaultCluster.start();
    await using workload = await Workload.start(cluster, { seed: SEED });
    for (let round = 0; round < ALL_KILLED_ROUNDS; round += 1) {
      await sleep(200 + random() * 1_500);
      await cluster.kill(...NODE_IDS);
      for (const id of NODE_IDS) cluster.startNode(id);
      await cluster.untilHealed();
    }
    await workload.stop();
    const { problems, tally } = await judge(cluster, workload);
    console.info(`${ALL_KILLED_ROUNDS} rounds: ${JSON.stringify(tally)}`);
    expect(problems).toEqual([]);
    expect(tally.ok).toBeGreaterThan(20 * ALL_KILLED_ROUNDS);
  },
  LONG_MS,
);

test.each(['crash: log.afterAppend@5', 'crash: commit.beforeReply@5', 'crash: staging.write@5'])(
  'the primary dies at a chosen moment and comes back: %s',
  async (planted) => {
    await using cluster = await FaultCluster.start({ seed: planted }, { [NODE_1]: { planted: [planted] } });
    expect(cluster.nodes.log).toContain('"planted"');
    await using workload = await Workload.start(cluster, { seed: `${planted} ${SEED}`, operationsMax: 120 });
    await cluster.untilEnded(NODE_1);
    cluster.arrange(NODE_1, {});
    cluster.startNode(NODE_1);
    await workload.done();
    const { problems, tally } = await judge(cluster, workload);
    expect(problems).toEqual([]);
    expect(tally).toMatchObject({ unknown: 0, fail: 0, reasons: [] });
  },
);

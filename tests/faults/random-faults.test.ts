/** Faults by chance, one after the other, while clients work: nothing acknowledged is lost, nothing happens twice, nothing that was deleted comes back. */
import { expect, test } from 'vitest';
import { whyNoFaultDisk } from '../support/fault-disk.ts';
import { scaled } from '../support/test-scale.ts';
import { judge } from './convergence.ts';
import { FaultCluster, NODE_IDS } from './fault-cluster.ts';
import { doHarm } from './nemesis.ts';
import { Workload } from './workload.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
/** The quick run is one of time: how much a busy machine does in it is another thing. */
const LIMITS = scaled({ full: { operations: 10_000, ms: 1_200_000 }, brief: { operations: 2_000, ms: 15_000 } });
const OPERATIONS_MIN = scaled({ full: 10_000, brief: 50 });

test(
  `operations over random faults (NETSTORE_TEST_SEED=${SEED})`,
  async () => {
    const disk = { sizeMib: 4096 };
    const disks = whyNoFaultDisk() === undefined ? Object.fromEntries(NODE_IDS.map((id) => [id, disk])) : {};
    await using cluster = await FaultCluster.start({ seed: SEED, disks, nodeEnv: { NETSTORE_PREFERRED_AFTER_MS: '4000' } });
    await using workload = await Workload.start(cluster, {
      seed: SEED,
      clients: scaled({ full: 16, brief: 6 }),
      readers: 2,
      largeOneIn: 100,
    });
    const endMs = performance.now() + LIMITS.ms;
    const harms = await doHarm(cluster, { seed: SEED, until: () => workload.count >= LIMITS.operations || performance.now() > endMs });
    await workload.stop();
    const { problems, tally } = await judge(cluster, workload, { mayEnd: true });
    console.info(`${workload.count} operations over ${harms.length} faults: ${JSON.stringify(tally, null, 1)}\n${harms.join(', ')}`);
    expect(problems).toEqual([]);
    expect(workload.count).toBeGreaterThanOrEqual(OPERATIONS_MIN);
  },
  LIMITS.ms + 300_000,
);

/** One fault in a cluster that others use after it: clients work, the fault comes and goes, everything is judged, and the nodes run again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type JudgeOptions, judge, type Verdict } from './convergence.ts';
import { type FaultCluster, NODE_IDS } from './fault-cluster.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

const WARM_UP_MS = 600;
const COOL_DOWN_MS = 600;

export interface UnderLoadOptions extends Omit<WorkloadOptions, 'seed'>, JudgeOptions {
  readonly seed: string;
}

/** `fault` comes when clients work; what it leaves broken on the wires is made good, and every node that it left dead is started. */
export async function underLoad(
  cluster: FaultCluster,
  options: UnderLoadOptions,
  fault: (workload: Workload) => Promise<void>,
): Promise<Verdict> {
  await makeWhole(cluster);
  cluster.nodes.log = '';
  await using workload = await Workload.start(cluster, { clients: 5, readers: 1, largeOneIn: 50, ...options });
  await sleep(WARM_UP_MS);
  await fault(workload);
  startDead(cluster);
  await sleep(COOL_DOWN_MS);
  await workload.stop();
  const verdict = await judge(cluster, workload, options);
  for (const id of NODE_IDS) cluster.startNode(id);
  await cluster.untilHealed();
  return verdict;
}

/** What a test that failed left behind is not the next one's. */
async function makeWhole(cluster: FaultCluster): Promise<void> {
  cluster.resetArrangements();
  startDead(cluster);
  await cluster.untilHealed();
}

function startDead(cluster: FaultCluster): void {
  cluster.links.heal();
  for (const id of NODE_IDS) if (cluster.nodes.hasEnded(id)) cluster.startNode(id);
}

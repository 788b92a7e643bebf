/** A disk that went back in time (D23, D24): it may not vote, since what it acknowledged is gone from it. With the rule planted out, files are lost, and this is seen. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { judge, problemsOf } from '../convergence.ts';
import { FaultCluster, NODE_1, NODE_2, NODE_3, NODE_IDS } from '../fault-cluster.ts';
import { replaceDisk } from '../operator.ts';
import { Workload } from '../workload.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const FILES = 10;
/** Nodes write down every few seconds what they have seen of each other's disks: an image is older than that. */
const PEERS_WRITTEN_MS = 6_000;
const LONG_MS = 300_000;

/** Node-2's disk is put back to before the last files; of the other holder, node-1, nothing is left but a dead process. */
async function goBackInTime(cluster: FaultCluster, workload: Workload): Promise<void> {
  const calls = workload.calls('writer');
  const write = async (round: string): Promise<void> => {
    for (let index = 0; index < FILES; index += 1) await calls.put(`${round}/${index}`, { seed: `${round} ${index}`, sizeBytes: 200 });
  };
  const image = mkdtempSync(join(tmpdir(), 'netstore-image-'));
  await write('first');
  await cluster.kill(NODE_2);
  cpSync(cluster.nodes.dataDir(NODE_2), image, { recursive: true });
  cluster.startNode(NODE_2);
  await cluster.untilHealed();
  // Seen by node-3: from here on it knows how far node-2's disk had come.
  await write('second');
  await cluster.untilHealed();
  await sleep(PEERS_WRITTEN_MS);
  await cluster.kill(NODE_3);
  await write('third');
  await cluster.kill(NODE_1, NODE_2);
  restore(cluster, NODE_2, image);
  rmSync(image, { recursive: true });
  cluster.startNode(NODE_2);
  cluster.startNode(NODE_3);
}

function restore(cluster: FaultCluster, id: NodeId, image: string): void {
  const dataDir = cluster.nodes.dataDir(id);
  rmSync(dataDir, { recursive: true });
  cpSync(image, dataDir, { recursive: true });
}

test(
  'it is refused: two nodes of which one is not to be trusted do not make a primary, and with the third nothing is lost',
  async () => {
    await using cluster = await FaultCluster.start({ seed: SEED });
    await using workload = await Workload.start(cluster, { seed: SEED, clients: 0, patienceMs: 10_000 });
    await goBackInTime(cluster, workload);
    await sleep(8_000);
    expect(await cluster.primary()).toBeUndefined();
    cluster.startNode(NODE_1);
    expect((await cluster.untilPrimary()).nodeId).not.toBe(NODE_2);
    await replaceDisk(cluster, NODE_2);
    expect((await judge(cluster, workload)).problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'where old disks are trusted files are lost, and this test sees it',
  async () => {
    await using cluster = await FaultCluster.start(
      { seed: SEED },
      Object.fromEntries(NODE_IDS.map((id) => [id, { planted: ['old disks are trusted'] }])),
    );
    await using workload = await Workload.start(cluster, { seed: SEED, clients: 0, patienceMs: 10_000 });
    await goBackInTime(cluster, workload);
    await cluster.untilPrimary();
    cluster.startNode(NODE_1);
    const problems = await problemsOf(cluster, workload);
    console.info(`${problems.length} problems, the first: ${problems[0]}`);
    expect(problems.join('\n')).toContain('has no order');
  },
  LONG_MS,
);

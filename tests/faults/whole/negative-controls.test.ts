/**
 * Tests that cannot fail prove nothing: the same scenarios with one deliberate bug in the nodes, and each time the bug has to be seen. Without the
 * bug they are in the other files of this folder.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterId, Incarnation } from '@netstore/shared-types';
import { connectTo } from '@netstore/wire-transport';
import { expect, test } from 'vitest';
import { problemsOf } from '../convergence.ts';
import { FaultCluster, NODE_1, NODE_2, NODE_IDS } from '../fault-cluster.ts';
import { Workload } from '../workload.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
/** Longer than another node needs to take over. */
const PARTED_MS = 5_000;

test.each([[undefined], ['one copy is a majority']])(
  'the primary is cut off from both secondaries under load, planted: %s',
  async (planted) => {
    const arrangement = planted === undefined ? {} : { planted: [planted] };
    await using cluster = await FaultCluster.start({ seed: SEED }, { [NODE_1]: arrangement });
    await using workload = await Workload.start(cluster, { seed: SEED, clients: 4, readers: 1, largeOneIn: 0 });
    // Puts need a second node for their bytes already; what a delete needs it for is the record alone.
    const calls = workload.calls('deleter');
    const paths = Array.from({ length: 8 }, (_, index) => `to-delete/${index}`);
    for (const path of paths) await calls.put(path, { seed: path, sizeBytes: 100 });
    cluster.links.isolate(NODE_1, { fromGateways: false });
    const deleting = Promise.all(paths.map((path) => calls.remove(path)));
    await sleep(PARTED_MS);
    cluster.links.heal();
    await deleting;
    await sleep(500);
    await workload.stop();
    const problems = await problemsOf(cluster, workload);
    if (planted === undefined) return expect(problems).toEqual([]);
    console.info(`${problems.length} problems, the first: ${problems[0]}`);
    expect(problems.join('\n')).toMatch(/has no order|is lost/);
  },
);

test.each([[undefined], ['old epochs are accepted']])('a node that led an epoch long ago speaks again, planted: %s', async (planted) => {
  await using cluster = await FaultCluster.start({}, { [NODE_2]: planted === undefined ? {} : { planted: [planted] } });
  // Each start of a primary takes a fresh epoch: the first one is over after this.
  await cluster.kill(NODE_1);
  cluster.startNode(NODE_1);
  await cluster.untilHealed();
  const answer = askAsOldPrimary(cluster);
  if (planted === undefined) await expect(answer).rejects.toMatchObject({ code: 'NS_FENCED' });
  else await expect(answer).resolves.toBe('LOG_POSITION');
});

/** Opens a log stream of epoch 1 to node-2 under the name of node-1 and with the disk that it has. */
async function askAsOldPrimary(cluster: FaultCluster): Promise<string> {
  const identity = readFileSync(join(cluster.nodes.dataDir(NODE_1), 'IDENTITY'), 'utf8');
  const [clusterId = '', incarnation = ''] = identity.match(/\b[0-9a-f]{32}\b/g) ?? [];
  await using connection = await connectTo({
    ...cluster.nodes.address(NODE_2),
    key: cluster.nodes.key,
    self: { role: 'node', nodeId: NODE_1, clusterId: clusterId as ClusterId, incarnation: incarnation as Incarnation },
    expect: { nodeId: NODE_2 },
    channel: 'log',
    timeoutMs: 5_000,
  });
  await connection.send('LOG_OPEN', { epoch: 1, primary: NODE_1, commit: { seq: 0, hash: new Uint8Array(32) } });
  const { name } = await connection.receive({ timeoutMs: 5_000 });
  return name;
}

test('a bug that does not fit its module stops the node', async () => {
  await using cluster = await FaultCluster.prepare();
  for (const id of NODE_IDS) cluster.arrange(id, { planted: ['no such bug'] });
  cluster.startNode(NODE_1);
  await cluster.untilEnded(NODE_1);
  expect(cluster.nodes.log).toContain('There is nothing to plant that is called no such bug');
});

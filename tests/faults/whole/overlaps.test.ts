/** Configurations that disagree, promotions that overlap, operations that come twice (C1 to C9): at most one leads, each takes effect once, all get the same answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileClient } from '../../support/file-client.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { FaultCluster, NODE_1, NODE_2, NODE_3, NODE_IDS } from '../fault-cluster.ts';
import { promote } from '../operator.ts';
import { underLoad } from '../under-load.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const LONG_MS = 300_000;
const AT_ONCE = 20;

let cluster: FaultCluster;
beforeAll(async () => {
  cluster = await FaultCluster.start({ seed: SEED, gatewayCount: 2, nodeEnv: { NETSTORE_PREFERRED_AFTER_MS: '3600000' } });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

async function clients(): Promise<FileClient[]> {
  const token = await cluster.gateway.signIn();
  return cluster.gateways.map(({ url }) => new FileClient(url, token));
}

describe('one operation', () => {
  test(`comes ${AT_ONCE} times at once through two gateways: once stored, one answer`, async () => {
    const files = await clients();
    const file = { path: `twice/${SEED}`, seed: SEED, sizeBytes: 300_000 };
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        (files[index % files.length] as FileClient).upload(file, { idempotencyKey: `twice-${SEED}` }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const bodies = answers.map(({ body }) => JSON.parse(body) as { version: string; sha256: string });
    expect(new Set(bodies.map(({ version }) => version)).size).toBe(1);
    expect((await files[0]?.entry(file.path))?.versions).toHaveLength(1);
  });

  test(
    'comes through the other gateway when the primary dies with it under way: once stored',
    async () => {
      const files = await clients();
      const { nodeId: primary } = await cluster.untilPrimary();
      const all = Array.from({ length: AT_ONCE }, (_, index) => ({
        path: `dying/${SEED}-${index}`,
        seed: `${SEED} ${index}`,
        sizeBytes: 40_000,
      }));
      const send = (by: number, index: number) =>
        (files[by] as FileClient).upload(all[index] as (typeof all)[number], { idempotencyKey: `dying-${SEED}-${index}` });
      const first = Promise.allSettled(all.map((_, index) => send(0, index)));
      await sleep(30);
      await cluster.kill(primary);
      const second = await Promise.all(all.map((_, index) => send(1, index)));
      await first;
      expect(new Set(second.map(({ status }) => status))).toEqual(new Set([201]));
      for (const { path } of all) expect((await files[1]?.entry(path))?.versions).toHaveLength(1);
      cluster.startNode(primary);
      await cluster.untilHealed();
    },
    LONG_MS,
  );
});

test(
  'each node is told in turn to be primary while clients work, and all three at once',
  async () => {
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
      for (const id of [NODE_2, NODE_3, NODE_1]) {
        await promote(cluster, id);
        expect((await cluster.untilPrimary()).nodeId).toBe(id);
      }
      for (let turn = 0; turn < 4; turn += 1) {
        const told = await Promise.allSettled(NODE_IDS.map((id) => promote(cluster, id)));
        const epochs = told.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        expect(new Set(epochs).size, 'no epoch is begun by two').toBe(epochs.length);
        await cluster.untilPrimary();
      }
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

test(
  'a node that reaches nobody cannot be promoted, and says so',
  async () => {
    await cluster.untilHealed();
    // All have started a moment ago: whoever was about to stand has heard of the primary by then.
    await sleep(3_000);
    const { nodeId: primary, epoch } = await cluster.untilPrimary();
    const alone = NODE_IDS.find((id) => id !== primary) as NodeId;
    cluster.links.isolate(alone);
    await expect(promote(cluster, alone)).rejects.toThrow();
    cluster.links.heal();
    await cluster.untilHealed();
    expect((await cluster.untilPrimary()).epoch).toBe(epoch);
  },
  LONG_MS,
);

test(
  'the nodes disagree about their order: at most one leads, and nothing is lost',
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED, mayEnd: true }, async () => {
      for (const [turn, id] of NODE_IDS.entries()) {
        // Each believes that it comes first, and wants to be primary after a second.
        cluster.arrange(id, { env: { NETSTORE_NODES: rotated(cluster.addressesFor(id), turn), NETSTORE_PREFERRED_AFTER_MS: '1000' } });
        await cluster.kill(id);
        cluster.startNode(id);
      }
      await sleep(8_000);
      await cluster.untilPrimary();
      for (const id of NODE_IDS) cluster.arrange(id, {});
      await cluster.kill(...NODE_IDS);
      for (const id of NODE_IDS) cluster.startNode(id);
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

function rotated(list: string, by: number): string {
  const nodes = list.split(',');
  return [...nodes.slice(by), ...nodes.slice(0, by)].join(',');
}

test(
  'nodes that were told of different nodes do not form a cluster',
  async () => {
    await using blank = await FaultCluster.prepare({ seed: SEED });
    blank.arrange(NODE_2, { env: { NETSTORE_NODES: rotated(blank.addressesFor(NODE_2), 1) } });
    for (const id of NODE_IDS) blank.startNode(id);
    await waitUntil('the nodes say why they wait', 30_000, () => blank.nodes.log.includes('is configured with the nodes'));
    expect([...(await blank.statuses()).values()].map((status) => status?.clusterId)).toEqual([null, null, null]);
  },
  LONG_MS,
);

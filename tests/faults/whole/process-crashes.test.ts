/**
 * Nodes that end at random and at chosen moments (P3 to P7, P9): what was acknowledged stays, no operation happens twice, and a start that is
 * interrupted is repeated.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '../../support/random-from.ts';
import { scaled } from '../../support/test-scale.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { FaultCluster, NODE_IDS } from '../fault-cluster.ts';
import { underLoad } from '../under-load.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const ALL_KILLED_ROUNDS = scaled({ full: 50, brief: 2 });
const SYNCS = scaled({ full: [1, 2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 45], brief: [2, 9] });
const LONG_MS = 900_000;
const CRASH_WITHIN_MS = 30_000;

let cluster: FaultCluster;
beforeAll(async () => {
  cluster = await FaultCluster.start({ seed: SEED });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

test(
  `all three nodes killed at once, ${ALL_KILLED_ROUNDS} times (NETSTORE_TEST_SEED=${SEED})`,
  async () => {
    const random = randomFrom(SEED);
    const { problems, tally } = await underLoad(cluster, { seed: SEED }, async () => {
      for (let round = 0; round < ALL_KILLED_ROUNDS; round += 1) {
        await cluster.kill(...NODE_IDS);
        for (const id of NODE_IDS) cluster.startNode(id);
        await cluster.untilHealed();
        await sleep(200 + random() * 1_500);
      }
    });
    console.info(`${ALL_KILLED_ROUNDS} rounds: ${JSON.stringify(tally)}`);
    expect(problems).toEqual([]);
    expect(tally.ok).toBeGreaterThan(5 * ALL_KILLED_ROUNDS);
  },
  LONG_MS,
);

/** Runs the node with a crash planted until it came to it, then as it should be. */
async function crashAt(planted: string, id: NodeId): Promise<void> {
  await cluster.kill(id);
  cluster.arrange(id, { planted: [planted] });
  cluster.startNode(id);
  await cluster.untilEnded(id, CRASH_WITHIN_MS);
  cluster.arrange(id, {});
  cluster.startNode(id);
}

test.each(['crash: log.afterAppend@5', 'crash: commit.beforeReply@5', 'crash: staging.write@5'])(
  'whoever is primary dies at a chosen moment: %s',
  async (planted) => {
    const { problems, tally } = await underLoad(cluster, { seed: `${planted} ${SEED}` }, async () => {
      // Each node is started with the crash, and whoever leads comes to it.
      for (const id of NODE_IDS) {
        cluster.arrange(id, { planted: [planted] });
        await cluster.kill(id);
        cluster.startNode(id);
      }
      await waitUntil('a node dies', CRASH_WITHIN_MS, () => NODE_IDS.some((id) => cluster.nodes.hasEnded(id)));
      for (const id of NODE_IDS) cluster.arrange(id, {});
      // The others carry the crash, too, and may come to it later.
      await cluster.kill(...NODE_IDS);
      for (const id of NODE_IDS) cluster.startNode(id);
      await cluster.untilHealed();
    });
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
  },
  LONG_MS,
);

test.each(SYNCS)(
  'a node dies before its sync number %d, counted from its start, and starts again',
  async (count) => {
    const id = NODE_IDS[count % NODE_IDS.length] as NodeId;
    const { problems } = await underLoad(cluster, { seed: `sync ${count} ${SEED}` }, async () => {
      await crashAt(`crash: sync@${count}`, id);
      await cluster.untilHealed();
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

describe('the next primary dies at a step of its activation', () => {
  test.each(['beforePromise', 'promised', 'recovering', 'recovered', 'opened'])(
    '%s',
    async (step) => {
      const { problems } = await underLoad(cluster, { seed: `${step} ${SEED}` }, async () => {
        const primary = (await cluster.untilPrimary()).nodeId;
        const others = NODE_IDS.filter((id) => id !== primary);
        for (const id of others) {
          await cluster.kill(id);
          cluster.arrange(id, { planted: [`crash: activation.${step}`] });
          cluster.startNode(id);
          await cluster.untilHealed();
        }
        await cluster.kill(primary);
        await waitUntil('the next primary dies', CRASH_WITHIN_MS, () => others.some((id) => cluster.nodes.hasEnded(id)));
        // The two that are left have to do it, whichever of them is up first.
        await cluster.kill(...others);
        for (const id of others) cluster.arrange(id, {});
        for (const id of others) cluster.startNode(id);
        expect(others).toContain((await cluster.untilPrimary()).nodeId);
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );
});

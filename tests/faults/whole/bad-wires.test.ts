/** Wires that are slow, late, cut, sliced or that turn bits over (N6 to N12): slower, and right. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemsOf } from '../convergence.ts';
import { FaultCluster, NODE_IDS } from '../fault-cluster.ts';
import type { ProxyFaults, WireFaults } from '../fault-proxy.ts';
import type { Party } from '../links.ts';
import { underLoad } from '../under-load.ts';
import { Workload } from '../workload.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const KIB = 1024;
const SPOILT_MS = 6_000;
const LONG_MS = 300_000;

const bothWays = (faults: WireFaults): ProxyFaults => ({ toServer: faults, toClient: faults });
const betweenNodes = (from: Party): boolean => !from.startsWith('gateway');
const everywhere = (): boolean => true;

let cluster: FaultCluster;
beforeAll(async () => {
  cluster = await FaultCluster.start({ seed: SEED });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

test.each<[string, ProxyFaults, (from: Party, to: NodeId) => boolean]>([
  ['slow', bothWays({ bytesPerSecond: 400 * KIB }), everywhere],
  ['late by 80 ms', bothWays({ latencyMs: 80 }), everywhere],
  [
    'late by chance, so that what is sent on different connections arrives in another order',
    bothWays({ latencyMs: 5, jitterMs: 150 }),
    everywhere,
  ],
  ['cut after some thousand bytes', bothWays({ cutAfterBytes: 20_000 }), everywhere],
  ['cut in the middle of a message', bothWays({ cutAfterBytes: 777 }), betweenNodes],
  ['sliced to single bytes', bothWays({ sliceBytes: 1 }), betweenNodes],
  ['sliced to 7 bytes', bothWays({ sliceBytes: 7 }), everywhere],
  ['refusing connections', { isRefusing: true }, (from, to) => from === NODE_IDS[0] && to === NODE_IDS[1]],
])(
  '%s',
  async (_, faults, isOn) => {
    const { problems, tally } = await underLoad(cluster, { seed: SEED, largeOneIn: 80 }, async () => {
      cluster.links.spoil(faults, isOn);
      await sleep(SPOILT_MS);
      cluster.links.heal();
      await cluster.untilHealed();
    });
    console.info(JSON.stringify(tally));
    expect(problems).toEqual([]);
    expect(tally.fail).toBe(0);
    expect(tally.ok).toBeGreaterThan(10);
  },
  LONG_MS,
);

test.each<[string, (from: Party) => boolean]>([
  ['between nodes', betweenNodes],
  ['between gateway and nodes', (from) => from.startsWith('gateway')],
])(
  'bits of content are turned over %s',
  async (_, isOn) => {
    const flippedBefore = cluster.links.flipped;
    const { problems, tally } = await underLoad(cluster, { seed: SEED, largeOneIn: 1, largeBytes: 2 * KIB * KIB }, async () => {
      // Nearly all bytes on the wires are chunks then.
      cluster.links.spoil(bothWays({ flipOneIn: 2 * KIB * KIB }), isOn);
      await sleep(2 * SPOILT_MS);
      cluster.links.heal();
      await cluster.untilHealed();
    });
    console.info(`${cluster.links.flipped - flippedBefore} bits turned over: ${JSON.stringify(tally)}`);
    expect(cluster.links.flipped).toBeGreaterThan(flippedBefore);
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'the same where nodes do not check what arrives: this test sees it',
  async () => {
    const planted = { planted: ['a chunk is not checked'] };
    await using bad = await FaultCluster.start({ seed: SEED }, Object.fromEntries(NODE_IDS.map((id) => [id, planted])));
    await using workload = await Workload.start(bad, { seed: SEED, clients: 4, largeOneIn: 2, patienceMs: 5_000 });
    bad.links.spoil({ toServer: { flipOneIn: 1024 * KIB } }, betweenNodes);
    await sleep(SPOILT_MS);
    bad.links.heal();
    await workload.stop();
    const problems = await problemsOf(bad, workload);
    console.info(`${problems.length} problems, the first: ${problems[0]}`);
    expect(problems).not.toEqual([]);
  },
  LONG_MS,
);

test(
  'every connection breaks at once, ten times',
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED }, async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        cluster.links.resetAll();
        await sleep(500);
      }
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

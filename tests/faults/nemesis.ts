/** Does harm to a cluster, one fault after the other, by chance from a seed, and makes each good again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeId } from '@netstore/shared-types';
import { randomFrom } from '../support/random-from.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type FaultCluster, NODE_IDS } from './fault-cluster.ts';

/** After everything was healed a primary has to be able to commit within this. */
const LIVE_WITHIN_MS = 30_000;
const PAUSE_MS_MAX = 1_500;

type Harm = (cluster: FaultCluster, random: () => number) => Promise<void>;

const pick = <Item>(items: readonly Item[], random: () => number): Item => items[Math.floor(random() * items.length)] as Item;
const anyNode = (random: () => number): NodeId => pick(NODE_IDS, random);
const anyOther = (node: NodeId, random: () => number): NodeId =>
  pick(
    NODE_IDS.filter((id) => id !== node),
    random,
  );

async function killSome(cluster: FaultCluster, random: () => number, ids: readonly NodeId[]): Promise<void> {
  await cluster.kill(...ids);
  await sleep(random() * 4_000);
  for (const id of ids) cluster.startNode(id);
}

async function freeze(cluster: FaultCluster, id: NodeId, forMs: number): Promise<void> {
  await cluster.nodes.kill(id, 'SIGSTOP');
  await sleep(forMs);
  await cluster.nodes.kill(id, 'SIGCONT');
}

export const HARMS: Readonly<Record<string, Harm>> = {
  'one node killed': (cluster, random) => killSome(cluster, random, [anyNode(random)]),
  'two nodes killed': (cluster, random) => {
    const spared = anyNode(random);
    return killSome(
      cluster,
      random,
      NODE_IDS.filter((id) => id !== spared),
    );
  },
  'all nodes killed': (cluster, random) => killSome(cluster, random, NODE_IDS),
  'primary killed': async (cluster, random) => {
    const primary = (await cluster.primary())?.nodeId ?? anyNode(random);
    await killSome(cluster, random, [primary]);
  },
  'one node frozen': (cluster, random) => freeze(cluster, anyNode(random), 500 + random() * 6_000),
  'primary frozen': async (cluster, random) =>
    freeze(cluster, (await cluster.primary())?.nodeId ?? anyNode(random), 1_000 + random() * 6_000),
  'one node cut off': async ({ links }, random) => {
    links.isolate(anyNode(random), { fromGateways: random() < 0.5 });
    await sleep(1_000 + random() * 6_000);
  },
  'two nodes parted': async ({ links }, random) => {
    const one = anyNode(random);
    links.cut(one, anyOther(one, random));
    await sleep(1_000 + random() * 5_000);
  },
  'one way cut': async ({ links }, random) => {
    const from = anyNode(random);
    links.cutOneWay(from, anyOther(from, random));
    await sleep(1_000 + random() * 5_000);
  },
  'one node heard by nobody': async ({ links }, random) => {
    const from = anyNode(random);
    for (const to of NODE_IDS) if (to !== from) links.cutOneWay(from, to);
    await sleep(1_000 + random() * 5_000);
  },
  'gateway cut off from one node': async ({ links }, random) => {
    links.cut('gateway-0', anyNode(random));
    await sleep(1_000 + random() * 3_000);
  },
  'slow wires': async ({ links }, random) => {
    const faults = { latencyMs: random() * 60, jitterMs: random() * 60 };
    links.spoil({ toServer: faults, toClient: faults });
    await sleep(2_000 + random() * 2_000);
  },
  'sliced wires': async ({ links }, random) => {
    const faults = { sliceBytes: 1 + Math.floor(random() * 64) };
    links.spoil({ toServer: faults, toClient: faults });
    await sleep(1_000 + random() * 2_000);
  },
  'cut wires': async ({ links }, random) => {
    links.spoil({ toServer: { cutAfterBytes: 100 + random() * 40_000 }, toClient: { cutAfterBytes: 100 + random() * 40_000 } });
    await sleep(1_000 + random() * 2_000);
  },
  'flapping node': async ({ links }, random) => {
    const node = anyNode(random);
    for (let turn = 0; turn < 6; turn += 1) {
      links.isolate(node, { fromGateways: false });
      await sleep(random() * 900);
      links.heal();
      await sleep(random() * 900);
    }
  },
  'every connection reset': async ({ links }) => links.resetAll(),
  'gateway killed': async (cluster) => {
    await cluster.gateway.end('SIGKILL');
    await cluster.startGateway();
  },
  'power of one cut': async (cluster, random) => {
    const node = anyNode(random);
    if (!cluster.disks.has(node)) return killSome(cluster, random, [node]);
    await cluster.cutPower(node);
    cluster.startNode(node);
  },
};

export interface NemesisOptions {
  readonly seed: string;
  /** Names of `HARMS`; all without. */
  readonly harms?: readonly string[];
  readonly until: () => boolean;
}

/** Harms and heals in turn. Gives what was done, for people. Rejects when the cluster does not come back from one. */
export async function doHarm(cluster: FaultCluster, { seed, harms = Object.keys(HARMS), until }: NemesisOptions): Promise<string[]> {
  const random = randomFrom(`nemesis ${seed}`);
  const done: string[] = [];
  while (!until()) {
    const name = pick(harms, random);
    done.push(name);
    await (HARMS[name] as Harm)(cluster, random);
    cluster.links.heal();
    await waitUntil(
      `somebody can commit after: ${done.slice(-3).join(', then ')}`,
      LIVE_WITHIN_MS,
      async () => (await cluster.primary()) !== undefined,
    );
    await sleep(random() * PAUSE_MS_MAX);
  }
  return done;
}

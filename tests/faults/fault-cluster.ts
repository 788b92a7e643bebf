/**
 * The cluster that faults are made in: auth service, three nodes, gateways, all real processes, with a proxy on every way
 * between them and, if wanted, a disk of its own under each node.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Me, NodeId } from '@netstore/shared-types';
import type { Status } from '@netstore/wire-protocol';
import { startAuthService } from '../support/auth-service.ts';
import { cutPower, FaultDisk, type FaultDiskOptions } from '../support/fault-disk.ts';
import type { FaultNetwork } from '../support/fault-network.ts';
import { quietPorts } from '../support/fault-ports.ts';
import { ADMIN, Gateway } from '../support/gateway.ts';
import { StorageNodes } from '../support/storage-nodes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Links, type Party } from './links.ts';
import { NamespacedNodes } from './namespaced-nodes.ts';

export const NODE_IDS = ['node-1', 'node-2', 'node-3'] as NodeId[];
export const [NODE_1, NODE_2, NODE_3] = NODE_IDS as [NodeId, NodeId, NodeId];

const STATUS_WITHIN_MS = 2_000;
const HEAL_DEADLINE_MS = 60_000;
const PLANT = new URL('./planted-bugs.ts', import.meta.url).href;

export interface FaultClusterOptions {
  readonly seed?: string;
  readonly gatewayCount?: number;
  /** For every node. */
  readonly nodeEnv?: Readonly<Record<string, string>>;
  /** Nodes that get a disk of their own. */
  readonly disks?: Partial<Record<string, FaultDiskOptions>>;
  /** Each node in a namespace of its own; between them are real packets then, and no proxies. */
  readonly network?: FaultNetwork;
}

/** How one node is started from now on. */
export interface Arrangement {
  readonly env?: Readonly<Record<string, string>>;
  /** A command that becomes the node in the end. */
  readonly through?: readonly string[];
  /** Names of `planted-bugs.ts`. */
  readonly planted?: readonly string[];
}

export class FaultCluster implements AsyncDisposable {
  readonly nodes: StorageNodes;
  readonly links: Links;
  readonly disks: ReadonlyMap<NodeId, FaultDisk>;
  readonly gateways: readonly Gateway[];
  readonly #arrangements = new Map<NodeId, Arrangement>();
  readonly #first = new Map<NodeId, Arrangement>();
  readonly #network: FaultNetwork | undefined;
  readonly #parts: AsyncDisposableStack;

  constructor(
    parts: Pick<FaultCluster, 'nodes' | 'links' | 'disks' | 'gateways'>,
    network: FaultNetwork | undefined,
    stack: AsyncDisposableStack,
  ) {
    this.nodes = parts.nodes;
    this.links = parts.links;
    this.disks = parts.disks;
    this.gateways = parts.gateways;
    this.#network = network;
    this.#parts = stack;
  }

  /** Nothing runs yet but the auth service: nodes may be arranged before `start`. */
  static async prepare({
    seed = 'links',
    gatewayCount = 1,
    nodeEnv = {},
    disks = {},
    network,
  }: FaultClusterOptions = {}): Promise<FaultCluster> {
    await using stack = new AsyncDisposableStack();
    const auth = stack.use(await startAuthService({ NETSTORE_ADMIN_USERNAME: ADMIN.username, NETSTORE_ADMIN_PASSWORD: ADMIN.password }));
    const folder = mkdtempSync(join(tmpdir(), 'netstore-faults-'));
    const ports = await quietPorts(NODE_IDS.length * 2);
    const nodePorts = NODE_IDS.map((_, index) => ({ wire: ports[2 * index] as number, health: ports[2 * index + 1] as number }));
    const nodes =
      network === undefined ? new StorageNodes(folder, nodePorts, nodeEnv) : new NamespacedNodes(network, folder, nodePorts, nodeEnv);
    const mounted = new DisposableStack();
    const byNode = new Map<NodeId, FaultDisk>();
    // The nodes have to be gone before their disks are, and remove the folder that both lie in.
    stack.defer(async () => {
      await nodes.stop();
      mounted.dispose();
      await nodes[Symbol.asyncDispose]();
    });
    for (const id of NODE_IDS) {
      const options = disks[id];
      if (options !== undefined) byNode.set(id, mounted.use(FaultDisk.mount(nodes.dataDir(id), options)));
    }
    const gateways = Array.from({ length: gatewayCount }, () => stack.use(new Gateway(auth, nodes)));
    const parties: Party[] = [...NODE_IDS, ...gateways.map((_, index): Party => `gateway-${index}`)];
    const links = stack.use(await Links.between(parties, new Map(NODE_IDS.map((id) => [id, nodes.address(id)])), seed));
    return new FaultCluster({ nodes, links, disks: byNode, gateways }, network, stack.move());
  }

  /** Resolves when a file can be uploaded through every gateway. */
  static async start(options: FaultClusterOptions = {}, arrangements: Partial<Record<string, Arrangement>> = {}): Promise<FaultCluster> {
    const cluster = await FaultCluster.prepare(options);
    try {
      for (const id of NODE_IDS) cluster.arrange(id, arrangements[id] ?? {});
      for (const id of NODE_IDS) cluster.startNode(id);
      await cluster.untilHealed();
      await Promise.all(cluster.gateways.map((_, index) => cluster.startGateway(index)));
      return cluster;
    } catch (error) {
      const { log } = cluster.nodes;
      await cluster[Symbol.asyncDispose]();
      throw new Error(`The cluster did not start: ${String(error)}\n${log.slice(-8_000)}`, { cause: error });
    }
  }

  get gateway(): Gateway {
    return this.gateways[0] as Gateway;
  }

  arrange(id: NodeId, arrangement: Arrangement): void {
    this.#arrangements.set(id, arrangement);
  }

  /** As they were started the first time. */
  resetArrangements(): void {
    for (const [id, arrangement] of this.#first) this.#arrangements.set(id, arrangement);
  }

  startNode(id: NodeId): void {
    const arrangement = this.#arrangements.get(id) ?? {};
    if (!this.#first.has(id)) this.#first.set(id, arrangement);
    const { env = {}, through = [], planted = [] } = arrangement;
    const inside = this.#network?.through(NODE_IDS.indexOf(id)) ?? [];
    const bugs = planted.length === 0 ? {} : { NODE_OPTIONS: `--import=${PLANT}`, NETSTORE_PLANTED: planted.join(',') };
    this.nodes.start(id, { NETSTORE_NODES: this.addressesFor(id), ...env, ...bugs }, [...inside, ...through]);
  }

  /** Resolves when it is ready. */
  async startGateway(index = 0, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const gateway = this.gateways[index] as Gateway;
    await gateway.start({ NETSTORE_NODES: this.addressesFor(`gateway-${index}`), NETSTORE_LOG_LEVEL: 'info', ...env });
    await gateway.untilReady();
  }

  async kill(...ids: NodeId[]): Promise<void> {
    await Promise.all(ids.map((id) => this.nodes.kill(id)));
  }

  /** The process of the node has ended by itself. */
  async untilEnded(id: NodeId, deadlineMs = HEAL_DEADLINE_MS): Promise<void> {
    await waitUntil(`${id} ends`, deadlineMs, () => this.nodes.hasEnded(id));
  }

  /** The processes are killed when their disks are dead already: what they said until then is what counts. */
  async cutPower(...ids: NodeId[]): Promise<void> {
    const disks = ids.map((id) => this.disks.get(id)).filter((disk) => disk !== undefined);
    cutPower(disks);
    await this.kill(...ids);
    await Promise.all(disks.map((disk) => disk.remount()));
  }

  /** Undefined for a node that does not answer in time. */
  async statuses(): Promise<Map<NodeId, Status | undefined>> {
    const answers = NODE_IDS.map(async (id) => {
      return [id, await Promise.race([this.nodes.status(id), sleep(STATUS_WITHIN_MS, undefined, { ref: false })])] as const;
    });
    return new Map(await Promise.all(answers));
  }

  /** Whoever can commit now; of two that say so the one of the higher epoch. */
  async primary(): Promise<Status | undefined> {
    const statuses = [...(await this.statuses()).values()].filter((status) => status?.canCommit === true);
    return statuses.sort((a, b) => (b?.epoch ?? 0) - (a?.epoch ?? 0))[0];
  }

  /** Somebody can commit. */
  async untilPrimary(deadlineMs = HEAL_DEADLINE_MS): Promise<Status> {
    let found: Status | undefined;
    await waitUntil('somebody can commit', deadlineMs, async () => {
      found = await this.primary();
      return found !== undefined;
    });
    return found as Status;
  }

  /**
   * All three are in one epoch, count, owe no blob, and have applied all that any of them had in its log when they were last asked: which they can be while clients
   * write. `isQuiet`: their logs end with the same record, too.
   */
  async untilHealed(deadlineMs = HEAL_DEADLINE_MS, { isQuiet = false } = {}): Promise<void> {
    let last = '';
    let longest = Number.POSITIVE_INFINITY;
    const isHealed = async (): Promise<boolean> => {
      const all = [...(await this.statuses()).values()];
      last = all.map((status) => (status === undefined ? 'silent' : describe(status))).join('; ');
      const heard = all.filter((status) => status !== undefined);
      const wanted = longest;
      longest = Math.max(...heard.map(({ lastSeq }) => lastSeq));
      const primaries = heard.filter(({ canCommit }) => canCommit);
      const isOne =
        new Set(heard.map(({ epoch }) => epoch)).size === 1 && primaries.length === 1 && primaries[0]?.peers.every(isCountedOn) === true;
      const isComplete = heard.every(
        ({ appliedSeq, lastSeq, debt }) => appliedSeq >= (isQuiet ? longest : wanted) && lastSeq >= wanted && debt.blobs === 0,
      );
      return heard.length === NODE_IDS.length && isOne && isComplete;
    };
    await waitUntil('the cluster is healed', deadlineMs, isHealed).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${last}`);
    });
  }

  /** In order, each by its own word. */
  async stopNodes(): Promise<void> {
    await this.nodes.stop();
  }

  async spaceId(): Promise<string> {
    const answer = await fetch(`${this.gateway.url}/api/v1/me`, { headers: { authorization: `Bearer ${await this.gateway.signIn()}` } });
    const { spaces } = (await answer.json()) as Me;
    const own = spaces.find(({ name }) => name === 'home-admin');
    if (own === undefined) throw new Error('The administrator has no space');
    return own.id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.links.heal();
    await this.#parts.disposeAsync();
  }

  /** `NETSTORE_NODES` as this party is to see it. */
  addressesFor(party: Party): string {
    const isDirect = (to: NodeId): boolean => to === party || (this.#network !== undefined && !party.startsWith('gateway'));
    return NODE_IDS.map((to) => {
      const { host, port } = isDirect(to) ? this.nodes.address(to) : { host: '127.0.0.1', port: this.links.link(party, to).port };
      return `${to}=${host}:${port}`;
    }).join(',');
  }
}

const isCountedOn = ({ isMember, reason }: Status['peers'][number]): boolean => isMember && reason === null;

function describe({ nodeId, role, epoch, lastSeq, commitSeq, appliedSeq, debt, canCommit, reason, diskProblem, peers }: Status): string {
  const against = peers.flatMap((peer) => (peer.reason === null ? [] : [`, against ${peer.nodeId}: ${peer.reason}`])).join('');
  return `${nodeId} ${role}${canCommit ? ' that can commit' : ''} in epoch ${epoch}, log ${lastSeq}, committed ${commitSeq}, applied ${appliedSeq}, owes ${debt.blobs} blobs${[reason, diskProblem].map((why) => (why === null ? '' : ` (${why})`)).join('')}${against}`;
}

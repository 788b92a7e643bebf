/** All nodes of the cluster at once. A node that does not answer is reported with the reason, never left out. */
import { NetStoreError, type NodeId, toNetStoreError } from '@netstore/shared-types';
import type { NodeReport, ScrubAction, ScrubState } from '@netstore/wire-protocol';
import { type ClusterFlags, readConfig, type Surroundings } from '../config.ts';
import { NodeClient } from './node-client.ts';

const STATUS_WITHIN_MS = 3_000;
/** A census reads the names of all files of blobs. */
const CENSUS_WITHIN_MS = 600_000;
/** Of the command line: what nodes write into their logs beside an operator's question. */
export const REQUEST_ID = 'netstore';

/** `failure` is set exactly when `status` is null. */
export interface AskedNode extends NodeReport {
  readonly address: string;
  readonly failure: NetStoreError | null;
}

export interface AskedScrub {
  readonly nodeId: NodeId;
  readonly state: ScrubState | null;
  readonly failure: NetStoreError | null;
}

export class ClusterClient {
  /** In the configured order. */
  readonly nodes: readonly NodeClient[];

  constructor(nodes: readonly NodeClient[]) {
    this.nodes = nodes;
  }

  /** Throws `NS_BAD_REQUEST` with the names that there are. */
  node(id: string): NodeClient {
    const node = this.nodes.find((each) => each.id === id);
    if (node !== undefined) return node;
    throw new NetStoreError('NS_BAD_REQUEST', `There is no node "${id}": this cluster has ${this.nodes.map((each) => each.id).join(', ')}`);
  }

  report(signal: AbortSignal): Promise<AskedNode[]> {
    return Promise.all(this.nodes.map((node) => reportOf(node, signal)));
  }

  scrub(action: ScrubAction, nodes: readonly NodeClient[], signal: AbortSignal): Promise<AskedScrub[]> {
    return Promise.all(nodes.map((node) => scrubOf(node, action, signal)));
  }
}

export function connectCluster(flags: ClusterFlags, surroundings: Surroundings): ClusterClient {
  const { nodes, clusterKey } = readConfig(flags, surroundings);
  return new ClusterClient(nodes.map((node) => new NodeClient(node, clusterKey)));
}

async function reportOf(node: NodeClient, signal: AbortSignal): Promise<AskedNode> {
  const common = { nodeId: node.id, address: node.address };
  try {
    const status = await node.ask(['GET_STATUS', { requestId: REQUEST_ID }], 'STATUS', { timeoutMs: STATUS_WITHIN_MS, signal });
    return { ...common, status, failure: null };
  } catch (error) {
    signal.throwIfAborted();
    return { ...common, status: null, failure: toNetStoreError(error) };
  }
}

async function scrubOf(node: NodeClient, action: ScrubAction, signal: AbortSignal): Promise<AskedScrub> {
  try {
    const timeoutMs = action === 'verify' ? CENSUS_WITHIN_MS : STATUS_WITHIN_MS;
    const state = await node.ask(['SCRUB', { requestId: REQUEST_ID, action }], 'SCRUB_STATE', { timeoutMs, signal });
    return { nodeId: node.id, state, failure: null };
  } catch (error) {
    signal.throwIfAborted();
    return { nodeId: node.id, state: null, failure: toNetStoreError(error) };
  }
}

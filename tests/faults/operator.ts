/** What an operator tells the nodes, by the wire: who is to be primary, which new disk to take in, what to prove. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeId } from '@netstore/shared-types';
import type { ScrubState } from '@netstore/wire-protocol';
import { operate } from '../support/operator.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { FaultCluster } from './fault-cluster.ts';

const TIMEOUT_MS = 20_000;
const TAKE_IN_MS = 120_000;
const ASK_AGAIN_MS = 20_000;
const SCRUB_MS = 150_000;

/** The machine is busy with what is being broken. */
function tell({ nodes }: FaultCluster, id: NodeId): ReturnType<typeof operate> {
  return operate(nodes, id, { connectMs: TIMEOUT_MS, answerMs: TIMEOUT_MS });
}

/** Resolves with its epoch once the node serves. */
export async function promote(cluster: FaultCluster, id: NodeId): Promise<number> {
  const { epoch } = await tell(cluster, id).promote();
  return epoch;
}

/** The node gets an empty disk, as after the old one died, and is a full member when this resolves. */
export async function replaceDisk(cluster: FaultCluster, id: NodeId): Promise<void> {
  await cluster.kill(id);
  emptyFolder(cluster.nodes.dataDir(id));
  cluster.startNode(id);
  await waitUntil(`${id} answers`, TIMEOUT_MS, async () => (await cluster.nodes.status(id)) !== undefined);
  // Told again now and then: who is primary may change meanwhile, and the next one knows nothing of it.
  let askedAtMs = Number.NEGATIVE_INFINITY;
  await waitUntil(`${id} is a full member again`, TAKE_IN_MS, async () => {
    const status = await cluster.primary();
    if (status === undefined) return false;
    if (performance.now() - askedAtMs > ASK_AGAIN_MS) {
      askedAtMs = performance.now();
      await tell(cluster, status.nodeId)
        .replaceNode(id)
        .catch(() => undefined);
    }
    return status.peers.some((peer) => peer.nodeId === id && peer.isMember && peer.isConnected);
  });
}

/** Every byte of the node is read and compared with the log; resolves when the round is over. */
export async function scrub(cluster: FaultCluster, id: NodeId): Promise<ScrubState> {
  const node = tell(cluster, id);
  const { finishedAtMs } = await node.scrub('status');
  await node.scrub('start');
  let state: ScrubState | undefined;
  await waitUntil(`${id} has proven what it holds`, SCRUB_MS, async () => {
    state = await node.scrub('status');
    // Of what was found bad a moment ago it is not known yet whether it is lost.
    return state.state === 'idle' && state.finishedAtMs !== finishedAtMs && state.lostBlobs !== null;
  });
  return state as ScrubState;
}

/** The folder itself may be where a disk is mounted. */
function emptyFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

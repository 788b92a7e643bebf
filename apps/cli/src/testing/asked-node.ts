/** What nodes answer, for tests of what is made of it. */
import { type ClusterId, NetStoreError, type NodeId } from '@netstore/shared-types';
import type { Census, PeerStatus, ScrubState, ScrubSummary, Status } from '@netstore/wire-protocol';
import type { AskedNode, AskedScrub } from '../cluster/cluster-client.ts';

export const IDS = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
export const [ONE, TWO, THREE] = IDS;

/** A node of a healthy cluster in which node-1 is primary, changed as asked. */
export function asked(nodeId: NodeId, change: Partial<Status> = {}): AskedNode {
  const isPrimary = nodeId === ONE;
  const status: Status = {
    nodeId,
    clusterId: 'c'.repeat(32) as ClusterId,
    role: isPrimary ? 'primary' : 'secondary',
    epoch: 3,
    primary: ONE,
    failover: 'automatic',
    canCommit: isPrimary,
    lastSeq: 1000,
    commitSeq: 1000,
    appliedSeq: 1000,
    debt: { blobs: 0, bytes: 0, heldSeq: 1000 },
    space: { usedBytes: 1, freeBytes: 2 },
    diskProblem: null,
    scrub: scrubSummary(),
    quarantined: 0,
    nowMs: 1_700_000_000_000,
    filesAtRisk: isPrimary ? 0 : null,
    peers: isPrimary ? [peer(TWO), peer(THREE)] : [],
    reason: null,
    ...change,
  };
  return { nodeId, address: '127.0.0.1:9100', status, failure: null };
}

export function silent(nodeId: NodeId): AskedNode {
  return {
    nodeId,
    address: '127.0.0.1:9100',
    status: null,
    failure: new NetStoreError('NS_UNAVAILABLE', 'connection refused'),
  };
}

export function healthy(): AskedNode[] {
  return IDS.map((id) => asked(id));
}

export function peer(nodeId: NodeId, change: Partial<PeerStatus> = {}): PeerStatus {
  return { nodeId, isConnected: true, isMember: true, ackedSeq: 1000, debt: null, lastHeardAtMs: null, reason: null, ...change };
}

export function scrubSummary(change: Partial<ScrubSummary> = {}): ScrubSummary {
  return { state: 'idle', finishedAtMs: 2, bytesTotal: 5 * 1024 ** 2, bytesDone: 5 * 1024 ** 2, lostBlobs: 0, ...change };
}

export function scrubState(change: Partial<ScrubState> = {}): ScrubState {
  return {
    state: 'idle',
    startedAtMs: 1,
    finishedAtMs: 2,
    blobsTotal: 10,
    blobsDone: 10,
    bytesTotal: 5 * 1024 ** 2,
    bytesDone: 5 * 1024 ** 2,
    recordsVerified: 1000,
    faultsFound: 0,
    faultsRepaired: 0,
    lostBlobs: 0,
    strayFiles: 0,
    oldestVerifiedAtMs: 1,
    census: null,
    ...change,
  };
}

export function counted(nodeId: NodeId, change: Partial<Census> = {}): AskedScrub {
  const census = { seq: 7, digest: new Uint8Array(32), blobs: 3, bytes: 300, blobDigest: new Uint8Array(32), ...change };
  return { nodeId, state: scrubState({ census }), failure: null };
}

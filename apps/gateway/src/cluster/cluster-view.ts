/** The cluster as the page shows it, made from what each node said of itself. Pure: no node is asked here. */
import type { Cluster, ClusterNode, NodeId } from '@netstore/shared-types';
import { judgeStop, type NodeReport, primaryOf, type Status } from '@netstore/wire-protocol';
import { type Pace, UNKNOWN_PACE } from './catch-up-pace.ts';
import { problemOf, riskOf } from './files-at-risk.ts';

export function clusterView(reports: readonly NodeReport[], paces: ReadonlyMap<NodeId, Pace>): Cluster {
  const primary = primaryOf(reports);
  return {
    clusterId: reports.find(({ status }) => status?.clusterId != null)?.status?.clusterId ?? null,
    epoch: maxOf(reports, ({ epoch }) => epoch),
    primary: primary?.nodeId ?? null,
    commitSeq: primary?.commitSeq ?? maxOf(reports, ({ commitSeq }) => commitSeq),
    failover: failoverOf(reports, primary),
    nodes: reports.map((report) => ({
      ...nodeView(report, primary, paces.get(report.nodeId) ?? UNKNOWN_PACE),
      ...stopView(report, reports),
    })),
    ...riskOf(reports, primary, paces),
  };
}

/** Whether writes can be committed now, and if not, why. */
export function commitReadiness(reports: readonly NodeReport[]): { readonly canCommit: boolean; readonly reason: string } {
  const primary = primaryOf(reports);
  if (primary?.canCommit === true) return { canCommit: true, reason: '' };
  const silent = reports.filter(({ status }) => status === null).map(({ nodeId }) => nodeId);
  const missing = silent.length === 0 ? '' : ` No answer from ${silent.join(', ')}.`;
  if (primary === undefined) return { canCommit: false, reason: `No primary is active.${missing}` };
  return { canCommit: false, reason: `Primary ${primary.nodeId} cannot commit: ${primary.reason ?? 'it says no reason'}.${missing}` };
}

/** By the primary; without one by all who answer, as long as they agree. */
function failoverOf(reports: readonly NodeReport[], primary: Status | undefined): Cluster['failover'] {
  if (primary !== undefined) return primary.failover;
  const modes = new Set(reports.flatMap(({ status }) => (status === null ? [] : [status.failover])));
  return modes.size === 1 ? ([...modes][0] ?? null) : null;
}

function stopView({ nodeId }: NodeReport, reports: readonly NodeReport[]): Pick<ClusterNode, 'isSafeToStop' | 'reason'> {
  const { isSafe, reason } = judgeStop(nodeId, reports);
  return { isSafeToStop: isSafe, reason };
}

type NodeState = Omit<ClusterNode, 'isSafeToStop' | 'reason'>;

const UNKNOWN = {
  role: 'unreachable',
  epoch: null,
  seq: null,
  lag: null,
  missingBlobs: null,
  missingBytes: null,
  lostBlobs: null,
  quarantined: null,
  lastScrubEndedAt: null,
  scrubProgress: null,
  progress: null,
  secondsUntilCaughtUp: null,
  freeBytes: null,
  usedBytes: null,
} as const;

function nodeView({ nodeId, status }: NodeReport, primary: Status | undefined, { progress, secondsLeft }: Pace): NodeState {
  if (status === null) return { id: nodeId, ...UNKNOWN, problem: refusalOf(nodeId, primary) };
  return {
    id: nodeId,
    role: roleOf(status, primary),
    epoch: status.epoch,
    seq: status.lastSeq,
    lag: primary === undefined ? null : Math.max(0, primary.lastSeq - status.lastSeq),
    missingBlobs: status.debt.blobs,
    missingBytes: status.debt.bytes,
    lostBlobs: status.scrub.lostBlobs,
    quarantined: status.quarantined,
    ...scrubView(status.scrub),
    progress,
    secondsUntilCaughtUp: secondsLeft,
    problem: problemOf(status, primary),
    freeBytes: status.space.freeBytes,
    usedBytes: status.space.usedBytes,
  };
}

function scrubView({ state, finishedAtMs, bytesDone, bytesTotal }: Status['scrub']): Pick<NodeState, 'lastScrubEndedAt' | 'scrubProgress'> {
  return {
    lastScrubEndedAt: finishedAtMs === null ? null : new Date(finishedAtMs).toISOString(),
    // A round counts what there is before it reads the first byte.
    scrubProgress: state === 'idle' ? null : bytesTotal === 0 ? 0 : bytesDone / bytesTotal,
  };
}

/** What the primary has against a node that does not answer here. */
function refusalOf(nodeId: NodeId, primary: Status | undefined): string | null {
  return primary?.peers.find((peer) => peer.nodeId === nodeId)?.reason ?? null;
}

/** By the primary's word before the node's own: a disk that is refused takes itself for a member. */
function roleOf(status: Status, primary: Status | undefined): ClusterNode['role'] {
  if (status === primary) return 'primary';
  const peer = primary?.peers.find(({ nodeId }) => nodeId === status.nodeId);
  if (status.role === 'learner' || peer?.isMember === false) return 'learner';
  // A node that still takes itself for the primary while a later one is active orders nothing any more.
  return 'secondary';
}

function maxOf(reports: readonly NodeReport[], read: (status: Status) => number): number | null {
  const values = reports.flatMap(({ status }) => (status === null ? [] : [read(status)]));
  return values.length === 0 ? null : Math.max(...values);
}

/** The cluster as the page shows it, made from what each node said of itself. Pure: no node is asked here. */
import type { Cluster, ClusterNode, NodeId } from '@netstore/shared-types';
import type { Status } from '@netstore/wire-protocol';

/** In the configured order. `status` is null when the node did not answer. */
export interface NodeReport {
  readonly nodeId: NodeId;
  readonly status: Status | null;
}

/** Members that must remain for writes to go on. */
const QUORUM = 2;

export function clusterView(reports: readonly NodeReport[]): Cluster {
  const primary = primaryOf(reports);
  return {
    clusterId: reports.find(({ status }) => status?.clusterId != null)?.status?.clusterId ?? null,
    epoch: maxOf(reports, ({ epoch }) => epoch),
    primary: primary?.nodeId ?? null,
    commitSeq: primary?.commitSeq ?? maxOf(reports, ({ commitSeq }) => commitSeq),
    nodes: reports.map((report) => nodeView(report, reports, primary)),
    filesAtRisk: primary?.filesAtRisk ?? null,
  };
}

/** Of two that take themselves for it, the one of the higher epoch is. */
function primaryOf(reports: readonly NodeReport[]): Status | undefined {
  const claims = reports.flatMap(({ status }) => (status?.role === 'primary' ? [status] : []));
  return claims.sort((a, b) => b.epoch - a.epoch)[0];
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

function nodeView({ nodeId, status }: NodeReport, reports: readonly NodeReport[], primary: Status | undefined): ClusterNode {
  const reason = whyNotStop(nodeId, status, reports);
  if (status === null) {
    const unknown = { epoch: null, seq: null, lag: null, missingBlobs: null, missingBytes: null, freeBytes: null, usedBytes: null };
    return { id: nodeId, role: 'unreachable', ...unknown, isSafeToStop: false, reason: reason ?? '' };
  }
  // A node that still takes itself for the primary while a later one is active orders nothing any more.
  const role = status.role === 'primary' && status !== primary ? 'secondary' : status.role;
  return {
    id: nodeId,
    role,
    epoch: status.epoch,
    seq: status.lastSeq,
    lag: primary === undefined ? null : Math.max(0, primary.lastSeq - status.lastSeq),
    missingBlobs: status.debt.blobs,
    missingBytes: status.debt.bytes,
    freeBytes: status.space.freeBytes,
    usedBytes: status.space.usedBytes,
    isSafeToStop: reason === undefined,
    reason: reason ?? 'The others go on without it, and hold every file.',
  };
}

/** `undefined`: it may be stopped. */
function whyNotStop(nodeId: NodeId, status: Status | null, reports: readonly NodeReport[]): string | undefined {
  if (status === null) return 'It does not answer.';
  if (status.role === 'primary') return 'It orders the writes: none are possible until it is back.';
  const others = reports.flatMap((report) =>
    report.nodeId !== nodeId && report.status !== null && report.status.role !== 'learner' ? [report.status] : [],
  );
  if (others.length < QUORUM) return `Only ${others.length} of the others is a full member that answers: writes would stop.`;
  const incomplete = others.find(({ debt }) => debt.blobs > 0);
  if (incomplete !== undefined)
    return `${incomplete.nodeId} still lacks parts of some files: they would be left with fewer than two copies.`;
  if (!others.some(({ role, canCommit }) => role === 'primary' && canCommit)) return 'No primary is active among the others.';
  return undefined;
}

function maxOf(reports: readonly NodeReport[], read: (status: Status) => number): number | null {
  const values = reports.flatMap(({ status }) => (status === null ? [] : [read(status)]));
  return values.length === 0 ? null : Math.max(...values);
}

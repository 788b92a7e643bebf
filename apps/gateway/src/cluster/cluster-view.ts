/** The cluster as the page shows it, made from what each node said of itself. Pure: no node is asked here. */
import type { Cluster, ClusterNode } from '@netstore/shared-types';
import { judgeStop, type NodeReport, primaryOf, type Status } from '@netstore/wire-protocol';

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
  const { isSafe, reason } = judgeStop(nodeId, reports);
  if (status === null) {
    const unknown = { epoch: null, seq: null, lag: null, missingBlobs: null, missingBytes: null, freeBytes: null, usedBytes: null };
    return { id: nodeId, role: 'unreachable', ...unknown, isSafeToStop: isSafe, reason };
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
    isSafeToStop: isSafe,
    reason,
  };
}

function maxOf(reports: readonly NodeReport[], read: (status: Status) => number): number | null {
  const values = reports.flatMap(({ status }) => (status === null ? [] : [read(status)]));
  return values.length === 0 ? null : Math.max(...values);
}

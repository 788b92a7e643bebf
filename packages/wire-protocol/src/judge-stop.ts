/** Whether a node may be stopped, judged by what each node said of itself: for the cluster page and the command line alike. Pure. */
import type { NodeId } from '@netstore/shared-types';
import type { Status } from './messages/status.ts';

/** In the configured order. `status` is null when the node did not answer. */
export interface NodeReport {
  readonly nodeId: NodeId;
  readonly status: Status | null;
}

export interface StopVerdict {
  readonly isSafe: boolean;
  /** For people, in either case. */
  readonly reason: string;
}

/** Members that must remain for writes to go on. */
const QUORUM = 2;
/** A busy cluster is always a few records ahead of its secondaries; a node that is further back would leave new files with one copy for a while. */
export const RECORDS_BEHIND_MAX = 100;

/** Of two that take themselves for it, the one of the higher epoch is. */
export function primaryOf(reports: readonly NodeReport[]): Status | undefined {
  const claims = reports.flatMap(({ status }) => (status?.role === 'primary' ? [status] : []));
  return claims.sort((a, b) => b.epoch - a.epoch)[0];
}

export function judgeStop(nodeId: NodeId, reports: readonly NodeReport[]): StopVerdict {
  const status = reports.find((report) => report.nodeId === nodeId)?.status ?? null;
  const primary = primaryOf(reports);
  const reason = whyNot(status, reports, primary);
  if (reason !== undefined) return { isSafe: false, reason };
  if (status === primary) return { isSafe: true, reason: 'Another member takes over within seconds; the others hold every file.' };
  return { isSafe: true, reason: 'The others go on without it, and hold every file.' };
}

function whyNot(status: Status | null, reports: readonly NodeReport[], primary: Status | undefined): string | undefined {
  if (status === null) return 'It does not answer.';
  if (primary === undefined) return 'No primary is active.';
  if (status === primary && status.failover === 'manual') return 'It orders the writes: none are possible until it is back.';
  const others = reports.flatMap((report) =>
    report.nodeId !== status.nodeId && report.status !== null && isCounted(report.status, primary) ? [report.status] : [],
  );
  if (others.length < QUORUM)
    return `Only ${others.length} of the others is a full member that answers and is connected to the primary: writes would stop.`;
  const incomplete = others.find(({ debt }) => debt.blobs > 0);
  if (incomplete !== undefined)
    return `${incomplete.nodeId} still lacks parts of some files: they would be left with fewer than two copies.`;
  const behind = others.find(({ lastSeq }) => primary.lastSeq - lastSeq > RECORDS_BEHIND_MAX);
  if (behind !== undefined) {
    return `${behind.nodeId} is ${primary.lastSeq - behind.lastSeq} records behind: the newest files would be left with fewer than two copies.`;
  }
  if (!primary.canCommit) return `${primary.nodeId} is primary and cannot commit: ${primary.reason ?? 'it says no reason'}`;
  return undefined;
}

/** A node may take itself for a full member while the primary refuses its disk or does not hear it. */
export function isCounted(status: Status, primary: Status): boolean {
  const peer = primary.peers.find(({ nodeId }) => nodeId === status.nodeId);
  return status.role !== 'learner' && (peer === undefined || (peer.isMember && peer.isConnected));
}

/** How a cluster is, judged by what each node said of itself. What is not known is never called healthy. Pure. */
import { formatBytes, formatCount } from '@netstore/command-line';
import { lostBlobsOf, primaryOf, RECORDS_BEHIND_MAX, type Status } from '@netstore/wire-protocol';
import type { AskedNode } from './cluster-client.ts';

export type Health = 'healthy' | 'degraded' | 'unknown';

export interface HealthVerdict {
  readonly health: Health;
  /** For people; none when healthy. */
  readonly reasons: readonly string[];
}

/** With fewer answers nobody can say whether the others are down or only cannot be reached from here. */
const ANSWERS_MIN = 2;

export function judgeHealth(reports: readonly AskedNode[]): HealthVerdict {
  const answers = reports.flatMap(({ status }) => (status === null ? [] : [status]));
  const primary = primaryOf(reports);
  const reasons = [
    ...reasonsOfLoss(reports),
    ...reports.flatMap((report) => reasonsOfNode(report, primary)),
    ...reasonsOfCluster(answers, primary),
  ];
  if (answers.length < ANSWERS_MIN) {
    return {
      health: 'unknown',
      reasons: [`${answers.length} of ${reports.length} nodes answered: how the cluster is cannot be told.`, ...reasons],
    };
  }
  return { health: reasons.length === 0 ? 'healthy' : 'degraded', reasons };
}

/** The worst comes first: everything else is made good by waiting. */
function reasonsOfLoss(reports: readonly AskedNode[]): string[] {
  const lostBlobs = lostBlobsOf(reports);
  if (lostBlobs === 0) return [];
  const are = lostBlobs === 1 ? 'is' : 'are';
  return [
    `${formatCount(lostBlobs, 'blob')} ${are} lost: no node has a good copy. Files that need ${lostBlobs === 1 ? 'it' : 'them'} cannot be read as a whole.`,
  ];
}

function reasonsOfNode({ nodeId, status, failure }: AskedNode, primary: Status | undefined): string[] {
  if (status === null) return [`${nodeId} does not answer: ${failure?.message ?? 'no reason is known'}`];
  const reasons: string[] = [];
  if (status.role === 'learner') reasons.push(`${nodeId} is a learner: its copies do not count.`);
  if (status.role === 'primary' && status !== primary) {
    reasons.push(`${nodeId} takes itself for the primary of epoch ${status.epoch}, which is over.`);
  }
  if (status.debt.blobs > 0) reasons.push(`${nodeId} lacks ${formatCount(status.debt.blobs, 'blob')} (${formatBytes(status.debt.bytes)}).`);
  const behind = primary === undefined ? 0 : primary.lastSeq - status.lastSeq;
  if (behind > RECORDS_BEHIND_MAX) reasons.push(`${nodeId} is ${formatCount(behind, 'record')} behind.`);
  const peer = primary?.peers.find((each) => each.nodeId === nodeId);
  if (peer?.isConnected === false) reasons.push(`${nodeId} is not connected to ${primary?.nodeId}.`);
  if (peer?.reason != null && status.role !== 'learner') reasons.push(`${nodeId}, says ${primary?.nodeId}: ${peer.reason}`);
  if (status.scrub.lostBlobs === null) reasons.push(`${nodeId} does not know yet whether the others hold what it lacks.`);
  if (status.diskProblem !== null) reasons.push(`${nodeId}: ${status.diskProblem}`);
  if (status.reason !== null && status.role !== 'learner') reasons.push(`${nodeId}: ${status.reason}`);
  return reasons;
}

function reasonsOfCluster(answers: readonly Status[], primary: Status | undefined): string[] {
  if (primary === undefined) return ['No node that answers is primary: nothing can be written.'];
  const reasons: string[] = [];
  if (!primary.canCommit) reasons.push(`${primary.nodeId} is primary and cannot commit: nothing can be written.`);
  const clusters = new Set(answers.flatMap(({ clusterId }) => (clusterId === null ? [] : [clusterId])));
  if (clusters.size > 1) reasons.push(`The nodes belong to different clusters: ${[...clusters].join(', ')}.`);
  if (primary.filesAtRisk === null) reasons.push('How many files are at risk is not known.');
  return reasons;
}

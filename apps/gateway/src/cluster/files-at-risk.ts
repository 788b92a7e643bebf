/** Why some files have fewer copies than they should, and how long that will last. Pure; what is not known is said to be unknown. */
import type { NodeId } from '@netstore/shared-types';
import { filesAtRiskOf, isCounted, lostBlobsOf, type NodeReport, type Status } from '@netstore/wire-protocol';
import type { Pace } from './catch-up-pace.ts';

export interface Risk {
  readonly filesAtRisk: number | null;
  readonly riskReason: string | null;
  readonly secondsUntilSafe: number | null;
}

export function riskOf(reports: readonly NodeReport[], primary: Status | undefined, paces: ReadonlyMap<NodeId, Pace>): Risk {
  const risk = riskByWaiting(reports, primary, paces);
  const lostBlobs = lostBlobsOf(reports);
  if (lostBlobs === 0) return risk;
  const reasons = [lossOf(lostBlobs), risk.riskReason].filter((reason) => reason !== null);
  return { filesAtRisk: filesAtRiskOf(reports), riskReason: reasons.join(' '), secondsUntilSafe: null };
}

/** The worst: no waiting makes it good. */
function lossOf(lostBlobs: number): string {
  const [blobs, them] = lostBlobs === 1 ? ['1 blob is lost', 'it is'] : [`${lostBlobs.toLocaleString('en')} blobs are lost`, 'they are'];
  return `${blobs}: no node has a good copy, and the files that ${them} part of cannot be read as a whole. Restore from a backup.`;
}

function riskByWaiting(reports: readonly NodeReport[], primary: Status | undefined, paces: ReadonlyMap<NodeId, Pace>): Risk {
  if (primary === undefined || primary.filesAtRisk === null) {
    return { filesAtRisk: null, riskReason: 'No primary is active: nobody can say which copies are there.', secondsUntilSafe: null };
  }
  const { filesAtRisk } = primary;
  if (filesAtRisk === 0) return { filesAtRisk, riskReason: null, secondsUntilSafe: 0 };
  const reasons = reports.map((report) => reasonOf(report, primary)).filter((reason) => reason !== undefined);
  return {
    filesAtRisk,
    riskReason: reasons.length === 0 ? 'The newest files are on their way to the last node.' : reasons.join(' '),
    secondsUntilSafe: secondsUntilSafe(reports, paces),
  };
}

function reasonOf({ nodeId, status }: NodeReport, primary: Status): string | undefined {
  if (status === null) return `${nodeId} does not answer.`;
  const { debt, diskProblem, lastSeq } = status;
  if (status !== primary && !isCounted(status, primary))
    return `The copies of ${nodeId} do not count: ${problemOf(status, primary) ?? 'it says no reason'}`;
  if (debt.blobs > 0) {
    const lacks = `${nodeId} still lacks ${debt.blobs.toLocaleString('en')} ${debt.blobs === 1 ? 'blob' : 'blobs'}.`;
    return diskProblem === null ? lacks : `${lacks} ${diskProblem}`;
  }
  const records = primary.commitSeq - lastSeq;
  return records > 0 ? `${nodeId} is ${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'} behind.` : undefined;
}

/** What the primary or the node itself has against it, and against its disk. */
export function problemOf(status: Status, primary: Status | undefined): string | null {
  const problems = [standingOf(status, primary), status.diskProblem].filter((problem) => problem !== null);
  return problems.length === 0 ? null : problems.join(' ');
}

function standingOf(status: Status, primary: Status | undefined): string | null {
  const peer = primary?.peers.find(({ nodeId }) => nodeId === status.nodeId);
  if (peer?.reason != null) return peer.reason;
  if (status.reason !== null) return status.reason;
  return peer?.isConnected === false ? `The primary ${primary?.nodeId} does not hear it.` : null;
}

/** Only when every node answers and its pace is known: one that is away may be away for ever. */
function secondsUntilSafe(reports: readonly NodeReport[], paces: ReadonlyMap<NodeId, Pace>): number | null {
  const seconds = reports.map(({ nodeId }) => paces.get(nodeId)?.secondsLeft ?? null);
  return seconds.includes(null) ? null : Math.max(...seconds.map(Number));
}

/** What replacing the disk of a node would do, or why it must not be done. Pure. */
import { formatBytes, formatCount } from '@netstore/command-line';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import { type Census, primaryOf } from '@netstore/wire-protocol';
import type { AskedNode } from './cluster-client.ts';

export interface ReplacementPlan {
  readonly nodeId: NodeId;
  readonly primary: NodeId;
  /** What is dangerous about it now, a sentence each. */
  readonly dangers: readonly string[];
}

/** Throws `NS_CONFLICT`, `NS_UNAVAILABLE` and `NS_NO_QUORUM` with the reason and the way out. */
export function planReplacement(nodeId: NodeId, reports: readonly AskedNode[]): ReplacementPlan {
  const primary = primaryOf(reports);
  const node = reports.find((report) => report.nodeId === nodeId);
  if (primary === undefined) {
    throw new NetStoreError(
      'NS_NO_QUORUM',
      'No node that answers is primary, and only the primary can take in a disk. See: netstore status. Nothing was changed.',
    );
  }
  if (node?.status == null) {
    throw new NetStoreError(
      'NS_UNAVAILABLE',
      `${nodeId} does not answer at ${node?.address}: ${node?.failure?.message}. Start it with an empty data directory on the new disk, then ask again. Nothing was changed.`,
    );
  }
  if (node.status.role !== 'learner') {
    throw new NetStoreError(
      'NS_CONFLICT',
      `${nodeId} is a full member and answers: there is nothing to replace. To give it another disk, stop it, give it an empty data directory, start it, then ask again. Nothing was changed.`,
    );
  }
  return { nodeId, primary: primary.nodeId, dangers: dangersOf(nodeId, reports) };
}

/** What will happen, a sentence each. `census`: what the primary holds; null when it did not say. */
export function stepsOf(nodeId: NodeId, census: Census | null): string[] {
  const amount =
    census === null
      ? 'everything that the others hold; how much that is, the primary does not say'
      : `what the others hold: ${formatCount(census.blobs, 'blob')}, ${formatBytes(census.bytes)}`;
  return [
    `The disk that was ${nodeId} before is dropped from the membership, for ever: it is refused if it comes back.`,
    `The disk that answers as ${nodeId} copies ${amount}.`,
    'It counts as a full member when it has all of that. Until then two nodes hold the files; reads and writes go on.',
  ];
}

function dangersOf(nodeId: NodeId, reports: readonly AskedNode[]): string[] {
  const others = reports.filter((report) => report.nodeId !== nodeId);
  return others.flatMap(({ nodeId: other, status }) => {
    if (status === null) return [`${other} does not answer.`];
    if (status.role === 'learner') return [`${other} is a learner itself.`];
    if (status.debt.blobs === 0) return [];
    return [
      `${other} lacks ${formatCount(status.debt.blobs, 'blob')} (${formatBytes(status.debt.bytes)}), which may be on the dropped disk: keep that disk until ${other} lacks nothing.`,
    ];
  });
}

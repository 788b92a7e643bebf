/** What a node's copies are worth, in words. Pure. Undefined is what is not known, or, where the name says so, nothing to be said. */
import type { ClusterNode } from '@netstore/shared-types';
import { formatCount, formatPercent, formatSize } from '../../format/size.ts';
import { formatAge } from '../../format/time.ts';

export function missingWords({ missingBlobs, missingBytes }: ClusterNode): string | undefined {
  if (missingBlobs === null) return undefined;
  if (missingBlobs === 0) return 'None';
  const blobs = formatCount(missingBlobs, 'blob');
  return missingBytes === null ? blobs : `${blobs}, ${formatSize(missingBytes)}`;
}

/** When every byte here was last read and found right. */
export function proofWords({ role, lastScrubEndedAt }: ClusterNode, nowMs: number): string | undefined {
  if (role === 'unreachable') return undefined;
  return lastScrubEndedAt === null ? 'Not yet' : capitalised(formatAge(lastScrubEndedAt, nowMs));
}

/** How far the next proof is. Undefined between two rounds. */
export function roundWords({ scrubProgress }: ClusterNode): string | undefined {
  return scrubProgress === null ? undefined : `${formatPercent(scrubProgress, 1)} read`;
}

/** Undefined when nothing is lost. */
export function lossWords({ lostBlobs }: ClusterNode): string | undefined {
  if (lostBlobs === null || lostBlobs === 0) return undefined;
  return `${formatCount(lostBlobs, 'blob')} lost: no node has a good copy.`;
}

/** Undefined when nothing is there. */
export function quarantineWords({ quarantined }: ClusterNode): string | undefined {
  return quarantined === null || quarantined === 0 ? undefined : formatCount(quarantined, 'file');
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

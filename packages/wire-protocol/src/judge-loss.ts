/** What is lost, judged by what each node said of itself: for the cluster page and the command line alike. Pure. */
import { type NodeReport, primaryOf } from './judge-stop.ts';

/**
 * Blobs of which no node has a good copy, as far as those who answer say. A node counts what it lacks and both others lack as well, so
 * every node that has looked counts them all: the highest number is what is known.
 */
export function lostBlobsOf(reports: readonly NodeReport[]): number {
  return Math.max(0, ...reports.flatMap(({ status }) => status?.scrub.lostBlobs ?? []));
}

/** Files without all copies, by the primary's word; null without it. A lost blob is part of one at least, if only of an old version. */
export function filesAtRiskOf(reports: readonly NodeReport[]): number | null {
  const counted = primaryOf(reports)?.filesAtRisk ?? null;
  return counted === 0 && lostBlobsOf(reports) > 0 ? 1 : counted;
}

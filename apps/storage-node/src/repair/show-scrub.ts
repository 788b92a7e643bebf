/** What a node says of its scrub. Pure. */
import type { ScrubState, ScrubSummary } from '@netstore/wire-protocol';
import type { ScrubCursor } from '../blobs/scrub-cursor.ts';
import type { CensusTaken } from '../catalogue/catalogue.ts';
import type { FaultCounts } from './fault-counts.ts';

export interface ScrubShown {
  readonly activity: ScrubState['state'];
  readonly cursor: ScrubCursor;
  readonly counts: FaultCounts;
  readonly census: CensusTaken | undefined;
  readonly recordsProven: number;
}

export function showScrub({ activity, cursor, counts, census, recordsProven }: ScrubShown): ScrubState {
  const round = cursor.round ?? cursor.finished?.round;
  const { blobsDone = 0, bytesDone = 0, blobsTotal = 0, bytesTotal = 0 } = round ?? {};
  return {
    state: activity,
    startedAtMs: round?.startedAtMs ?? null,
    finishedAtMs: cursor.finished?.atMs ?? null,
    // Blobs that came in since the round began are read, too.
    blobsTotal: Math.max(blobsTotal, blobsDone),
    blobsDone,
    bytesTotal: Math.max(bytesTotal, bytesDone),
    bytesDone,
    recordsVerified: recordsProven,
    faultsFound: counts.found,
    faultsRepaired: counts.repaired,
    lostBlobs: counts.lost ?? null,
    strayFiles: counts.strays,
    oldestVerifiedAtMs: counts.provenSinceMs ?? null,
    census: census === undefined ? null : wireCensus(census),
  };
}

export function summarise({ state, finishedAtMs, bytesTotal, bytesDone, lostBlobs }: ScrubState): ScrubSummary {
  return { state, finishedAtMs, bytesTotal, bytesDone, lostBlobs };
}

function wireCensus({ seq, digest, blobs, bytes, blobDigest }: CensusTaken): NonNullable<ScrubState['census']> {
  return { seq, digest: Buffer.from(digest, 'hex'), blobs, bytes, blobDigest: Buffer.from(blobDigest, 'hex') };
}

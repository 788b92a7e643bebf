/** How much of the log's beginning may go. Pure. */

/** Always kept, so that a member that was away for a moment finds in the log what it missed. */
export const KEPT_SEGMENTS = 8;
/** Kept at most for a connected member that lags: one that is further behind is brought up by a snapshot. */
export const KEPT_FOR_LAGGING_BYTES = 1024 * 1024 * 1024;

export interface CompactionState {
  /** In order. */
  readonly segments: readonly { readonly lastSeq: number; readonly sizeBytes: number }[];
  /** The catalogue holds everything up to here so that a power cut cannot take it back. */
  readonly durableSeq: number;
  /** The checkpoint before the last one that the catalogue agreed with; 0 when there is none. */
  readonly checkpointBeforeSeq: number;
  /** The lowest that somebody near has, who goes on from there: a connected member, or one that gets a snapshot. `durableSeq` when there is none. */
  readonly acknowledgedSeq: number;
}

/** How many segments, from the first on, may be removed. */
export function removableSegments({ segments, durableSeq, checkpointBeforeSeq, acknowledgedSeq }: CompactionState): number {
  const provenSeq = Math.min(durableSeq, checkpointBeforeSeq);
  let bytesBehind = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let count = 0;
  for (const { lastSeq, sizeBytes } of segments.slice(0, -KEPT_SEGMENTS)) {
    const isWanted = lastSeq > acknowledgedSeq && bytesBehind <= KEPT_FOR_LAGGING_BYTES;
    if (lastSeq > provenSeq || isWanted) break;
    bytesBehind -= sizeBytes;
    count += 1;
  }
  return count;
}

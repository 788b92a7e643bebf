/** Which records go into which segment file. A record never reaches from one into the next. Pure. */
import type { LogRecord } from './record.ts';
import { SEGMENT_HEADER_BYTES } from './segment-header.ts';

/** Large enough that making one is rare, small enough to read and check whole. */
export const SEGMENT_BYTES = 16 * 1024 * 1024;

export interface SegmentRun {
  readonly records: LogRecord[];
  /** Of the file; 0 for the present segment. */
  readonly sizeBytes: number;
}

/** The first run is for the present segment and may be empty; each further one makes a new segment. */
export function splitAtSegments(
  records: readonly LogRecord[],
  { freeBytes, segmentBytes }: { readonly freeBytes: number; readonly segmentBytes: number },
): [SegmentRun, ...SegmentRun[]] {
  const present: SegmentRun = { records: [], sizeBytes: 0 };
  const runs: [SegmentRun, ...SegmentRun[]] = [present];
  let run = present;
  let freeInRun = freeBytes;
  for (const record of records) {
    if (record.encoded.length > freeInRun) {
      // A record that is larger than a segment gets a segment of its own size.
      run = { records: [], sizeBytes: Math.max(segmentBytes, SEGMENT_HEADER_BYTES + record.encoded.length) };
      runs.push(run);
      freeInRun = run.sizeBytes - SEGMENT_HEADER_BYTES;
    }
    run.records.push(record);
    freeInRun -= record.encoded.length;
  }
  return runs;
}

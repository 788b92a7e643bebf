/**
 * How fast a round of the scrub reads. Rounds begin twice in a period, so that a blob that came in just behind the one that
 * is being read is still read again within the period. What is left of a round is spread over what is left of its time.
 */

/** Of the time between two rounds: the rest is for downtime and for stepping aside. */
const READING_FRACTION = 0.8;
/** A small store is read in hours, not days. */
const BYTES_PER_SECOND_MIN = 1024 * 1024;
/** Longer than a blob of 8 MiB takes at the lowest pace: nothing makes a pause longer. */
const PAUSE_MS_MAX = 10_000;

export function roundIntervalMs(periodMs: number): number {
  return periodMs / 2;
}

/** How long until it is due again. A last time in the future is of a clock that was wrong: then it is due at once. */
export function dueInMs(lastMs: number, intervalMs: number, nowMs: number): number {
  return nowMs < lastMs ? 0 : Math.max(0, lastMs + intervalMs - nowMs);
}

export interface Progress {
  readonly startedAtMs: number;
  readonly bytesTotal: number;
  readonly bytesDone: number;
}

/** How long to wait after `bytes` were read. */
export function pauseMsAfter(
  bytes: number,
  { startedAtMs, bytesTotal, bytesDone }: Progress,
  now: { periodMs: number; nowMs: number },
): number {
  const leftMs = startedAtMs + READING_FRACTION * roundIntervalMs(now.periodMs) - now.nowMs;
  const bytesLeft = Math.max(0, bytesTotal - bytesDone);
  // Late, by a long downtime or by a clock that was set: as fast as others leave room for.
  if (leftMs <= 0) return 0;
  const bytesPerSecond = Math.max(BYTES_PER_SECOND_MIN, (bytesLeft / leftMs) * 1000);
  return Math.min(PAUSE_MS_MAX, (bytes / bytesPerSecond) * 1000);
}

/**
 * The speed of a transfer from readings of its total, smoothed so that it can be read, and the time left that follows
 * from it. Pure: the caller brings the clock.
 */

export interface Rate {
  readonly atMs: number;
  readonly bytes: number;
  /** `undefined` until there was enough time to say. */
  readonly bytesPerSecond: number | undefined;
}

/** Readings closer together than this are too noisy to count. */
const READING_MS_MIN = 400;
/** The share of the newest reading when it spans one second. */
const NEWEST_SHARE = 0.35;

export function startRate(atMs: number, bytes = 0): Rate {
  return { atMs, bytes, bytesPerSecond: undefined };
}

export function readRate(rate: Rate, atMs: number, bytes: number): Rate {
  const elapsedMs = atMs - rate.atMs;
  if (elapsedMs < READING_MS_MIN) return rate;
  const newest = Math.max(0, ((bytes - rate.bytes) / elapsedMs) * 1000);
  const share = 1 - (1 - NEWEST_SHARE) ** (elapsedMs / 1000);
  const smoothed = rate.bytesPerSecond === undefined ? newest : rate.bytesPerSecond + (newest - rate.bytesPerSecond) * share;
  return { atMs, bytes, bytesPerSecond: smoothed };
}

/** `undefined` when nothing moves or it is too early to say. */
export function remainingMs(rate: Rate, bytesLeft: number): number | undefined {
  if (rate.bytesPerSecond === undefined || rate.bytesPerSecond < 1) return undefined;
  return (bytesLeft / rate.bytesPerSecond) * 1000;
}

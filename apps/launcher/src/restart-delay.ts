/** How long a dead service is left down before it is started again. Pure: it knows no clock. */

const DELAY_MIN_MS = 1_000;
const DELAY_MAX_MS = 30_000;
/** A service that ran this long was healthy: its next death is a new story. */
const STABLE_AFTER_MS = 60_000;

export function restartDelayMs(previousDelayMs: number, uptimeMs: number): number {
  if (previousDelayMs === 0 || uptimeMs >= STABLE_AFTER_MS) return DELAY_MIN_MS;
  return Math.min(previousDelayMs * 2, DELAY_MAX_MS);
}

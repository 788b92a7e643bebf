/** Times and durations for people. Everything takes `now`, so that nothing here reads a clock. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `12 Nov 2026, 14:05`, in the reader's own time zone and order. */
export function formatTime(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

/** To the second, for records: `12 Nov 2026, 14:05:33`. */
export function formatExactTime(ms: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(ms);
}

/** Short, for a column: `just now`, `5 min ago`, `3 h ago`, `yesterday`, then the date. */
export function formatAge(iso: string, nowMs: number, locale?: string): string {
  const at = new Date(iso);
  const ageMs = nowMs - at.getTime();
  if (ageMs < MINUTE_MS && ageMs > -MINUTE_MS) return 'just now';
  if (ageMs >= 0 && ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  if (ageMs >= 0 && ageMs < 12 * HOUR_MS) return `${Math.floor(ageMs / HOUR_MS)} h ago`;
  const days = calendarDays(nowMs) - calendarDays(at.getTime());
  if (days === 0) return 'today';
  if (days === 1) return 'yesterday';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(at);
}

/** Whole days in local time, so that yesterday ends at midnight. */
function calendarDays(ms: number): number {
  return Math.floor((ms - new Date(ms).getTimezoneOffset() * MINUTE_MS) / DAY_MS);
}

/** The time left until then: `in 29 days`, `in 5 h`, `in 12 min`. Rounded down, so that nothing seems to last longer than it does. */
export function formatUntil(iso: string, nowMs: number): string {
  const leftMs = new Date(iso).getTime() - nowMs;
  return leftMs < MINUTE_MS ? 'any moment' : `in ${formatSpan(leftMs)}`;
}

/** A long time in one unit, rounded down: `30 days`, `47 h`, `12 min`. */
export function formatSpan(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} days`;
  if (ms >= 2 * HOUR_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / MINUTE_MS)} min`;
}

/** `8 s`, `3 min`, `1 h 20 min`: rounded as coarsely as a guess deserves. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

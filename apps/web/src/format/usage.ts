import { formatSize } from './size.ts';

export interface UsageFigures {
  /** Null when nobody can say it now, or whoever looks is not to know. */
  readonly usedBytes: number | null;
  /** Null without a quota. */
  readonly bytesMax: number | null;
}

/** `3.2 GB of 10 GB`; what is not known is left out, and `undefined` is said of nothing. */
export function usageWords({ usedBytes, bytesMax }: UsageFigures): string | undefined {
  if (usedBytes === null) return bytesMax === null ? undefined : `Quota ${formatSize(bytesMax)}`;
  return bytesMax === null ? `${formatSize(usedBytes)} used` : `${formatSize(usedBytes)} of ${formatSize(bytesMax)}`;
}

/** The value that `percent` of the samples do not exceed (nearest rank). `sorted` is in ascending order and not empty. */
export function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length);
  const value = sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
  if (value === undefined) throw new RangeError('percentile: expected at least one sample, got none');
  return value;
}

/** Which epoch each record is of, as runs of records: epochs are few and never fall along the log. Pure. */

export interface EpochRun {
  readonly fromSeq: number;
  readonly epoch: number;
}

/** Takes in the next record. */
export function extendRuns(runs: EpochRun[], { seq, epoch }: { readonly seq: number; readonly epoch: number }): void {
  if (runs.at(-1)?.epoch !== epoch) runs.push({ fromSeq: seq, epoch });
}

/** Forgets the records from `fromSeq` on. */
export function cutRuns(runs: EpochRun[], fromSeq: number): void {
  while ((runs.at(-1)?.fromSeq ?? 0) >= fromSeq && runs.length > 0) runs.pop();
}

/** Forgets the records before `fromSeq`, which the last of their runs may include. */
export function dropRuns(runs: EpochRun[], fromSeq: number): void {
  const kept = runs.findLastIndex((run) => run.fromSeq <= fromSeq);
  if (kept > 0) runs.splice(0, kept);
}

/** The epoch of a record that the runs include. */
export function epochIn(runs: readonly EpochRun[], seq: number): number | undefined {
  return runs.findLast((run) => run.fromSeq <= seq)?.epoch;
}

/** Up to where a secondary may say that it holds the blobs, too. Pure. */

export interface Holding {
  /** Acknowledged up to here. */
  readonly clearedSeq: number;
  /** Of what was acknowledged, records up to here were perhaps let through without a look at their blobs. */
  readonly uncheckedSeq: number;
  /** At apply every blob was looked for; those not found are debt. */
  readonly appliedSeq: number;
  readonly debt: { readonly blobs: number; readonly heldSeq: number };
}

/** Every blob that records up to the result refer to is held. */
export function heldUpTo({ clearedSeq, uncheckedSeq, appliedSeq, debt }: Holding): number {
  if (debt.blobs > 0) return Math.min(debt.heldSeq, appliedSeq);
  return appliedSeq >= uncheckedSeq ? Math.max(appliedSeq, clearedSeq) : appliedSeq;
}

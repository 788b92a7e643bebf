/** How logs of two nodes follow each other. Pure: it compares positions that others have read. */

export interface RecordMark {
  readonly seq: number;
  /** Whether this node's log has a record at that seq, and whether it is the same one. */
  readonly own: 'same' | 'different' | 'absent';
}

export interface AppendOffer {
  /** Whether this node's log has the record before the first one offered. */
  readonly previous: 'same' | 'different' | 'absent';
  readonly records: readonly RecordMark[];
  readonly lastSeq: number;
  readonly commitSeq: number;
}

export type AppendPlan =
  /** Pass over the first `skip` records; move what is at `setAsideFrom` and behind it aside; append the rest. */
  | { readonly kind: 'append'; readonly skip: number; readonly setAsideFrom: number | null }
  /** The offer does not connect to this log: the stream has to start further back. */
  | { readonly kind: 'gap' }
  /** The offer contradicts what is committed. One of the two logs is not of this cluster's history. */
  | { readonly kind: 'contradiction'; readonly seq: number };

export function planAppend(offer: AppendOffer): AppendPlan {
  if (offer.previous === 'absent') return { kind: 'gap' };
  const first = offer.records[0];
  if (first === undefined) return { kind: 'append', skip: 0, setAsideFrom: null };
  if (offer.previous === 'different') {
    const seq = first.seq - 1;
    return seq <= offer.commitSeq ? { kind: 'contradiction', seq } : { kind: 'gap' };
  }
  const skip = offer.records.findIndex((record) => record.own !== 'same');
  if (skip === -1) return { kind: 'append', skip: offer.records.length, setAsideFrom: null };
  const next = offer.records[skip] as RecordMark;
  if (next.own === 'absent') return { kind: 'append', skip, setAsideFrom: null };
  return next.seq <= offer.commitSeq ? { kind: 'contradiction', seq: next.seq } : { kind: 'append', skip, setAsideFrom: next.seq };
}

/**
 * Where the primary begins to send: behind the secondary's last record when that is the primary's too, else behind the
 * last one that is committed on the secondary, which both must share.
 */
export function firstSeqToSend(secondary: { readonly lastSeq: number; readonly isLastOurs: boolean; readonly commitSeq: number }): number {
  return (secondary.isLastOurs ? secondary.lastSeq : secondary.commitSeq) + 1;
}

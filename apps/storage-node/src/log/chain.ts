/** What may follow what in the log. Pure. */
import type { LogPosition } from '@netstore/wire-protocol';
import { NO_HASH, type RecordDraft } from './record.ts';

/** Where a chain of records ends. */
export interface ChainEnd {
  readonly position: LogPosition;
  readonly epoch: number;
}

export const CHAIN_START: ChainEnd = { position: { seq: 0, hash: NO_HASH }, epoch: 0 };

/** Why the record cannot be the next one; undefined when it can. */
export function chainProblem({ position, epoch }: ChainEnd, record: Pick<RecordDraft, 'seq' | 'epoch' | 'previous'>): string | undefined {
  if (record.seq !== position.seq + 1) return `record ${record.seq} stands where ${position.seq + 1} belongs`;
  if (!isSameHash(position.hash, record.previous)) return `record ${record.seq} continues another record than ${position.seq}`;
  if (record.epoch < epoch) return `record ${record.seq} is of epoch ${record.epoch}, after epoch ${epoch}`;
  return undefined;
}

export function chainEndAt(record: { readonly seq: number; readonly epoch: number; readonly hash: Uint8Array }): ChainEnd {
  return { position: { seq: record.seq, hash: record.hash }, epoch: record.epoch };
}

export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

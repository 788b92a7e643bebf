/** When the new disk of a node has what it takes to be a full member. Pure. */
import type { Incarnation } from '@netstore/shared-types';

/** What is known of the node in this epoch. */
export interface DiskProgress {
  /** The disk that said so; null until one has. Before the new disk's first word it may be the one that was there before. */
  readonly incarnation: Incarnation | null;
  /** Records and blobs up to here are there; 0 while it has not said, or is away. */
  readonly holdsSeq: number;
}

/** A disk that has said nothing holds nothing: not even an empty log, of which nothing would be wanted. */
export function holdsEnough({ incarnation, holdsSeq }: DiskProgress, joining: Incarnation, wantedSeq: number): boolean {
  return incarnation === joining && holdsSeq > 0 && holdsSeq >= wantedSeq;
}

/** When the new disk of a node has what it takes to be a full member. Pure. */
import type { Incarnation } from '@netstore/shared-types';

/** What is known of the node in this epoch. */
export interface DiskProgress {
  /** The disk that said so; null until one has. Before the new disk's first word it may be the one that was there before. */
  readonly incarnation: Incarnation | null;
  /** Records up to here are there, and of their blobs all that any node has; 0 while it has not said, or is away. */
  readonly completeSeq: number;
}

/** A disk that has said nothing holds nothing: not even an empty log, of which nothing would be wanted. */
export function holdsEnough({ incarnation, completeSeq }: DiskProgress, joining: Incarnation, wantedSeq: number): boolean {
  return incarnation === joining && completeSeq > 0 && completeSeq >= wantedSeq;
}

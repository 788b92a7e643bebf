/**
 * Whether peers keep up with applying what is committed: a node that holds the log and has not applied it could take over, and would then answer
 * nobody until it has. A peer is always a moment behind, so it is held to what was committed a while ago. Pure: time is what it is told.
 */
import type { NodeId } from '@netstore/shared-types';

/** A peer may be behind by what was committed within this time, or at most within twice of it. */
const BEHIND_MS = 1_000;

export class Applying {
  /** What each peer said last. */
  readonly #appliedBy = new Map<NodeId, number>();
  /** The commit point as it was looked at last, and when. */
  #looked: { readonly atMs: number; readonly commitSeq: number } | undefined;
  /** What should be applied by now. */
  #dueSeq = 0;

  /** A new term begins: what peers said in an earlier one may have been of other disks. */
  reset(): void {
    this.#appliedBy.clear();
    this.#looked = undefined;
  }

  /** A peer's log stream was opened: it may be another disk. */
  forget(peer: NodeId): void {
    this.#appliedBy.delete(peer);
  }

  reported(peer: NodeId, appliedSeq: number): void {
    this.#appliedBy.set(peer, appliedSeq);
  }

  tick(nowMs: number, commitSeq: number): void {
    if (this.#looked !== undefined && nowMs - this.#looked.atMs < BEHIND_MS) return;
    this.#dueSeq = this.#looked?.commitSeq ?? commitSeq;
    this.#looked = { atMs: nowMs, commitSeq };
  }

  keepsUp(peer: NodeId): boolean {
    const appliedSeq = this.#appliedBy.get(peer);
    return appliedSeq !== undefined && appliedSeq >= this.#dueSeq;
  }
}

/** What of the log is committed: on the primary by counting acknowledgements, on the others by what it says. Pure. */
import type { NodeId } from '@netstore/shared-types';
import { commitPoint } from './quorum.ts';

export class Commits {
  readonly #self: NodeId;
  readonly #quorum: number;
  #commitSeq: number;
  #epochStartSeq: number | undefined;
  readonly #acknowledged = new Map<NodeId, number>();

  constructor(self: NodeId, quorum: number, commitSeq: number) {
    this.#self = self;
    this.#quorum = quorum;
    this.#commitSeq = commitSeq;
  }

  get commitSeq(): number {
    return this.#commitSeq;
  }

  acknowledgedBy(peer: NodeId): number | undefined {
    return this.#acknowledged.get(peer);
  }

  /** Counting begins with the record that opens the epoch: earlier ones commit only with it. */
  open(epochStartSeq: number): void {
    this.#epochStartSeq = epochStartSeq;
    this.#acknowledged.clear();
  }

  close(): void {
    this.#epochStartSeq = undefined;
    this.#acknowledged.clear();
  }

  acknowledge(peer: NodeId, seq: number): void {
    this.#acknowledged.set(peer, Math.max(seq, this.#acknowledged.get(peer) ?? 0));
  }

  forget(peer: NodeId): void {
    this.#acknowledged.delete(peer);
  }

  /** The new commit point; undefined when it has not moved. */
  count(ownSeq: number, members: ReadonlySet<NodeId>): number | undefined {
    if (this.#epochStartSeq === undefined) return undefined;
    const seq = commitPoint({
      self: this.#self,
      ownSeq,
      acknowledged: this.#acknowledged,
      members,
      quorum: this.#quorum,
      epochStartSeq: this.#epochStartSeq,
    });
    return seq === undefined ? undefined : this.learn(seq);
  }

  /** As `count`, by what the primary said. */
  learn(seq: number): number | undefined {
    if (seq <= this.#commitSeq) return undefined;
    this.#commitSeq = seq;
    return seq;
  }
}

/** What the primary knows of one secondary, from its acknowledgements and heartbeats in this epoch. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { Debt, HeartbeatAck, LostBlobs, PeerStatus } from '@netstore/wire-protocol';

/** A peer that was silent for longer is not counted on. */
const SILENCE_MAX_MS = 2_000;

export class PeerProgress {
  readonly id: NodeId;
  #ackedSeq: number | null = null;
  #heldSeq = 0;
  #incarnation: Incarnation | null = null;
  #debt: Debt | null = null;
  #lost: LostBlobs | null = null;
  #lastHeardAtMs: number | null = null;
  #heardTick = Number.NEGATIVE_INFINITY;

  constructor(id: NodeId) {
    this.id = id;
  }

  heard(nowMs: number): void {
    this.#lastHeardAtMs = nowMs;
    this.#heardTick = performance.now();
  }

  /** What was acknowledged before may have been another disk under the same name. `incarnation`: of the disk that acknowledges from now on. */
  streamOpened(incarnation: Incarnation | null): void {
    this.#incarnation = incarnation;
    this.#ackedSeq = null;
    this.#heldSeq = 0;
    this.#lost = null;
  }

  acknowledged(seq: number, heldSeq: number): void {
    this.#ackedSeq = seq;
    this.#heldSeq = heldSeq;
  }

  /** `incarnation`: of the disk that says so, which may not be the one whose stream is open. */
  reported(ack: HeartbeatAck, incarnation: Incarnation | null): void {
    this.#debt = ack.debt;
    this.#lost = incarnation === this.#incarnation ? ack.lost : null;
  }

  lost(): void {
    this.#heardTick = Number.NEGATIVE_INFINITY;
  }

  /** Measured by the monotonic clock: a jump of the wall clock makes nobody silent. */
  get isConnected(): boolean {
    return performance.now() - this.#heardTick <= SILENCE_MAX_MS;
  }

  /** The disk that acknowledged what is known here. A node that answers may have another one by now, whose stream is not open yet. */
  get incarnation(): Incarnation | null {
    return this.#incarnation;
  }

  /** Null until it acknowledged something in this epoch. */
  get ackedSeq(): number | null {
    return this.#ackedSeq;
  }

  /** Records and blobs up to here are known to be there; 0 while the peer is away or has not said. */
  get holdsSeq(): number {
    return this.isConnected && this.#ackedSeq !== null ? Math.min(this.#ackedSeq, this.#heldSeq) : 0;
  }

  /** Records up to here are there, and of their blobs all that any node has. What is lost cannot be got by anybody, so it may keep nobody waiting. */
  get completeSeq(): number {
    if (!this.isConnected || this.#ackedSeq === null) return 0;
    return Math.min(this.#ackedSeq, Math.max(this.#heldSeq, this.#lost?.heldSeq ?? 0));
  }

  /** For whoever asks why it is not further. */
  get told(): { readonly completeSeq: number; readonly debt: Debt | null; readonly lostBlobs: number } {
    return { completeSeq: this.completeSeq, debt: this.#debt, lostBlobs: this.#lost?.blobs ?? 0 };
  }

  status(isMember: boolean, reason: string | null): PeerStatus {
    return {
      nodeId: this.id,
      isConnected: this.isConnected,
      isMember,
      ackedSeq: this.#ackedSeq,
      debt: this.#debt,
      lastHeardAtMs: this.#lastHeardAtMs,
      reason: this.#lost === null ? reason : [reason, lostReason(this.#lost)].join(' ').trimStart(),
    };
  }
}

function lostReason({ blobs }: LostBlobs): string {
  return `No node has ${blobs} of the blobs that it lacks: it is not kept waiting for them.`;
}

/** What the primary knows of one secondary in this epoch: `PeerProgress`. */
import type { Incarnation } from '@netstore/shared-types';
import type { TimeLine } from '../world/time-line.ts';

const SILENCE_MAX_MS = 2_000;

export class SimProgress {
  readonly #time: TimeLine;
  #ackedSeq: number | null = null;
  #heldSeq = 0;
  #incarnation: Incarnation | null = null;
  #heardMs = Number.NEGATIVE_INFINITY;

  constructor(time: TimeLine) {
    this.#time = time;
  }

  heard(): void {
    this.#heardMs = this.#time.nowMs;
  }

  /** The disk that acknowledged what is known here. */
  get incarnation(): Incarnation | null {
    return this.#incarnation;
  }

  /** What was acknowledged before may have been another disk under the same name. */
  streamOpened(incarnation: Incarnation | null): void {
    this.#incarnation = incarnation;
    this.#ackedSeq = null;
    this.#heldSeq = 0;
  }

  acknowledged(seq: number, heldSeq: number): void {
    this.#ackedSeq = seq;
    this.#heldSeq = heldSeq;
  }

  lost(): void {
    this.#heardMs = Number.NEGATIVE_INFINITY;
  }

  get isConnected(): boolean {
    return this.#time.nowMs - this.#heardMs <= SILENCE_MAX_MS;
  }

  /** Records and blobs up to here are known to be there. */
  get holdsSeq(): number {
    return this.isConnected && this.#ackedSeq !== null ? Math.min(this.#ackedSeq, this.#heldSeq) : 0;
  }

  /** Here no blob is ever lost: faults leave one good copy. */
  get completeSeq(): number {
    return this.holdsSeq;
  }
}

/** What a promise allows. Pure. */
import type { NodeId } from '@netstore/shared-types';

/** "I take nothing from an older epoch, and in this one only from this node." Epoch 0 with no candidate: nothing promised yet. */
export interface EpochPromise {
  readonly epoch: number;
  readonly candidate: NodeId | null;
}

/**
 * `accept`: it is the epoch this node promised. `promise`: it is higher, and legal once promised durably. `fenced`: it is
 * older, or the same epoch from another node.
 */
export type EpochVerdict = 'accept' | 'promise' | 'fenced';

export function judgeEpoch(promised: EpochPromise, epoch: number, from: NodeId): EpochVerdict {
  if (epoch > promised.epoch) return 'promise';
  return epoch === promised.epoch && from === promised.candidate ? 'accept' : 'fenced';
}

/** An epoch that no one this node knows of has used. */
export function nextEpoch(...known: readonly number[]): number {
  return Math.max(0, ...known) + 1;
}

/** The epochs that one node knows of: what it promised, where its log ends, and what others spoke of. */
export class Epochs {
  #promised: EpochPromise;
  #lastLogged: number;
  #seen = 0;

  constructor({ epoch, candidate }: EpochPromise, lastLogged: number) {
    this.#promised = { epoch, candidate };
    this.#lastLogged = lastLogged;
  }

  get promised(): EpochPromise {
    return this.#promised;
  }

  /** Above everything promised, logged or heard of. */
  get free(): number {
    return nextEpoch(this.#promised.epoch, this.#lastLogged, this.#seen);
  }

  promise(promise: EpochPromise): void {
    this.#promised = promise;
  }

  logged(epoch: number): void {
    this.#lastLogged = epoch;
  }

  saw(epoch: number): void {
    this.#seen = Math.max(this.#seen, epoch);
  }
}

/**
 * Whom the gateway takes for the primary. Two kinds of knowledge, and both only move forward: hints, which are what a node says of
 * another one and may be wrong, and the highest epoch in which some node answered as the primary, below which nobody is believed.
 * Until anybody said otherwise the first configured node is asked.
 */
import type { NodeId } from '@netstore/shared-types';

export interface Primacy {
  readonly epoch: number;
  readonly nodeId: NodeId;
}

export class PrimaryGuess {
  readonly #order: readonly NodeId[];
  readonly #listeners = new Set<(primacy: Primacy) => void>();
  #nodeId: NodeId;
  #hintEpoch = 0;
  #proven: Primacy | undefined;

  /** `order` is the configured order, at least one node. */
  constructor(order: readonly NodeId[]) {
    const first = order[0];
    if (first === undefined) throw new RangeError('Nodes are missing: expected at least one');
    this.#order = order;
    this.#nodeId = first;
  }

  get nodeId(): NodeId {
    return this.#nodeId;
  }

  /** The highest epoch in which a node answered as the primary; 0 when none has yet. */
  get epoch(): number {
    return this.#proven?.epoch ?? 0;
  }

  /** `nodeId` answered as the primary of `epoch`. False when a later epoch is known to have begun: it has missed being replaced. */
  prove({ epoch, nodeId }: Primacy): boolean {
    if (epoch < this.epoch) return false;
    const isNew = this.#proven?.epoch !== epoch || this.#proven.nodeId !== nodeId;
    this.#nodeId = nodeId;
    this.#proven = { epoch, nodeId };
    this.#hintEpoch = Math.max(this.#hintEpoch, epoch);
    if (isNew) for (const listener of this.#listeners) listener(this.#proven);
    return true;
  }

  /**
   * What a node that is not the primary said of who is. Nothing when it speaks from a lower epoch or names a node that is not
   * configured. It moves the guess and no more: the epoch it names may never begin.
   */
  hear({ epoch, primary }: { readonly epoch: number; readonly primary: NodeId | null }): void {
    if (epoch < this.#hintEpoch) return;
    this.#hintEpoch = epoch;
    if (primary !== null && this.#order.includes(primary)) this.#nodeId = primary;
  }

  /** `nodeId` did not answer or knows no primary: the next in order is asked, unless somebody was found meanwhile. */
  moveOnFrom(nodeId: NodeId): void {
    if (nodeId !== this.#nodeId) return;
    const next = (this.#order.indexOf(nodeId) + 1) % this.#order.length;
    this.#nodeId = this.#order[next] ?? nodeId;
  }

  /** Tells of every primacy that is proven from now on, until disposed of. */
  onProven(listener: (primacy: Primacy) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}

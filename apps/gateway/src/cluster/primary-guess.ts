/**
 * Whom the gateway takes for the primary, and the highest epoch it has heard of. Knowledge only moves forward: what speaks
 * from a lower epoch is never believed. Until anybody said otherwise the first configured node is asked.
 */
import type { NodeId } from '@netstore/shared-types';

export class PrimaryGuess {
  readonly #order: readonly NodeId[];
  #nodeId: NodeId;
  #epoch = 0;

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

  get epoch(): number {
    return this.#epoch;
  }

  /** What a node said: nothing when it speaks from a lower epoch or names a node that is not configured. */
  learn({ epoch, primary }: { readonly epoch: number; readonly primary: NodeId | null }): void {
    if (epoch < this.#epoch) return;
    this.#epoch = epoch;
    if (primary !== null && this.#order.includes(primary)) this.#nodeId = primary;
  }

  /** `nodeId` did not answer or knows no primary: the next in order is asked, unless somebody was found meanwhile. */
  moveOnFrom(nodeId: NodeId): void {
    if (nodeId !== this.#nodeId) return;
    const next = (this.#order.indexOf(nodeId) + 1) % this.#order.length;
    this.#nodeId = this.#order[next] ?? nodeId;
  }
}

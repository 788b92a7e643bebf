/**
 * Which disks are full members. A node's name is not enough: a replaced disk has another incarnation, and it may neither
 * promise nor count until it was taken in.
 */
import { type Incarnation, NetStoreError, type NodeId } from '@netstore/shared-types';
import { Pulse } from './pulse.ts';
import { whenAborted } from './when-aborted.ts';

export interface Member {
  readonly nodeId: NodeId;
  readonly incarnation: Incarnation;
}

export class Members {
  /** By the last applied NEW_EPOCH; empty before the first. */
  #known = new Map<NodeId, Incarnation>();
  /** What connected peers say they are. */
  readonly #seen = new Map<NodeId, Incarnation>();
  readonly #changed = new Pulse();

  learn(members: readonly Member[]): void {
    this.#known = new Map(members.map((member) => [member.nodeId, member.incarnation]));
  }

  /** Before the first epoch every formed node is a member. */
  isMember(nodeId: NodeId, incarnation: Incarnation | null): boolean {
    if (incarnation === null) return false;
    return this.#known.size === 0 || this.#known.get(nodeId) === incarnation;
  }

  /** Throws `NS_WRONG_NODE` when a connected peer is not the disk that this cluster knows under its name. */
  admit(nodeId: NodeId, incarnation: Incarnation | null): void {
    if (!this.isMember(nodeId, incarnation)) {
      throw new NetStoreError(
        'NS_WRONG_NODE',
        `${nodeId} is not a full member: its disk is ${incarnation ?? 'blank'}, expected ${this.#known.get(nodeId) ?? 'one that was formed'}`,
      );
    }
    if (incarnation !== null && this.#seen.get(nodeId) !== incarnation) {
      this.#seen.set(nodeId, incarnation);
      this.#changed.notify();
    }
  }

  ids(nodes: readonly NodeId[]): ReadonlySet<NodeId> {
    return new Set(this.#known.size === 0 ? nodes : this.#known.keys());
  }

  /** The members for the record that opens an epoch. For the first one all nodes have to be connected. */
  async forNewEpoch(self: Member, nodes: readonly NodeId[], signal: AbortSignal): Promise<Member[]> {
    if (this.#known.size > 0) return [...this.#known].map(([nodeId, incarnation]) => ({ nodeId, incarnation }));
    this.#seen.set(self.nodeId, self.incarnation);
    for (;;) {
      const changed = this.#changed.next();
      signal.throwIfAborted();
      const members = nodes.flatMap((nodeId) => {
        const incarnation = this.#seen.get(nodeId);
        return incarnation === undefined ? [] : [{ nodeId, incarnation }];
      });
      if (members.length === nodes.length) return members;
      await Promise.race([changed, whenAborted(signal)]);
    }
  }
}

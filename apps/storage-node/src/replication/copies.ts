/**
 * How many members hold what: the primary knows it from acknowledgements and tells it with every heartbeat, so that any node can say it of
 * the files it shows.
 */
import type { NodeId } from '@netstore/shared-types';
import type { Heartbeat } from '@netstore/wire-protocol';
import type { Applier } from './applier.ts';
import type { Members } from './members.ts';
import type { PrimaryTerm } from './primary-term.ts';

export interface CopiesOptions {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
  readonly members: Members;
  readonly applier: Applier;
  /** Undefined while this node is not primary. */
  readonly term: () => PrimaryTerm | undefined;
  readonly isPrimarySilent: () => boolean;
  /** This node's own disk is a full member's. */
  readonly isMember: () => boolean;
}

export class Copies {
  readonly #options: CopiesOptions;
  #told: Heartbeat['held'] = [];

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /** Everything up to here that is applied on this node is held by it. */
  get heldSeq(): number {
    const { debt, appliedSeq } = this.#options.applier;
    return debt.blobs === 0 ? appliedSeq : Math.min(debt.heldSeq, appliedSeq);
  }

  /** The primary said so. */
  told(held: Heartbeat['held']): void {
    this.#told = held;
  }

  /** What each full member is known to hold whole now, this node first. */
  get known(): Heartbeat['held'] {
    const { self, members, term, isPrimarySilent, isMember } = this.#options;
    const own = isMember() ? [{ nodeId: self, heldSeq: this.heldSeq }] : [];
    const peers = term()
      ?.progress.filter(({ id, incarnation }) => members.counts(id, incarnation))
      .map(({ id, holdsSeq }) => ({ nodeId: id, heldSeq: holdsSeq }));
    // Of a primary that is silent it is not known what still holds.
    const others = peers ?? (isPrimarySilent() ? [] : this.#told.filter(({ nodeId }) => nodeId !== self));
    return [...own, ...others];
  }

  /** How many members are known to hold everything up to `seq` now. */
  of(seq: number): { durable: number; total: number } {
    return { durable: this.known.filter(({ heldSeq }) => heldSeq >= seq).length, total: this.#options.nodes.length };
  }
}

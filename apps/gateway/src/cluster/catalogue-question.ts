/** A question about the tree as the ways to ask it see it: what it asks does not matter there, only how new the answer has to be. */
import type { Connection } from '@netstore/wire-transport';

export interface Freshness {
  /** An older state will do. */
  readonly allowStale: boolean;
  /** Unless it is null, any state from there on is as good as the present one. */
  readonly minSeq: number | null;
}

/** What every answer says of the state that it shows. */
export interface Dated {
  readonly appliedSeq: number;
  readonly epoch: number;
  readonly isStale: boolean;
}

export interface CatalogueQuestion<Answer extends Dated> {
  /** Asks one node. */
  readonly ask: (connection: Connection, freshness: Freshness, signal: AbortSignal) => Promise<Answer>;
  /** The newest state that the client has seen; null when it did not say. */
  readonly minSeq: number | null;
  /** A member that has applied `minSeq` answers as well as the primary, so the load may go to all. */
  readonly isSpread: boolean;
  readonly isFound: (answer: Answer) => boolean;
}

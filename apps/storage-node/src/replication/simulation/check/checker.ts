/** Who watches a schedule: told of every step that a promise of the design is about, at the moment it is taken. */
import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { CatalogueState } from '../world/catalogue-state.ts';
import type { SimDisk } from '../world/disk.ts';
import type { SimOutcome } from '../world/messages.ts';
import type { Position, SimOperation, SimRecord } from '../world/record.ts';

/** What is looked at of a node. */
export interface Watched {
  readonly self: NodeId;
  readonly disk: SimDisk;
  readonly tail: { recordAt(seq: number): SimRecord | undefined };
  readonly core: { readonly promised: { readonly epoch: number } };
}

export interface Checker {
  /** A primary made a record. */
  sealed(record: SimRecord): void;
  /** Records from `fromSeq` on are about to leave a log. */
  setAside(disk: SimDisk, fromSeq: number): void;
  /** A node was offered another record than the one that it knows to be committed. */
  contradiction(node: NodeId, seq: number): void;
  /** A secondary says that it holds everything up to there. */
  acknowledging(node: Watched, position: Position, streamEpoch: number): void;
  /** A node answers a request for its promise. */
  promised(node: Watched, epoch: number, candidate: NodeId): void;
  /** A candidate takes a promise into account. */
  promiseCounted(from: NodeId, incarnation: Incarnation | null): void;
  /** A node begins an epoch: its log is the one to go on from. */
  activating(node: Watched, epoch: number): void;
  /** A node knows that everything up to there is committed. */
  committed(node: Watched, seq: number): void;
  applied(node: NodeId, record: SimRecord, state: CatalogueState): void;
  /** A client is told what became of its operation. */
  answered(operation: SimOperation, outcome: SimOutcome): void;
  /** A primary takes a new disk in: it is said to hold everything up to there. */
  takingIn(incarnation: Incarnation, heldSeq: number): void;
  /** A node does not start, because its disk contradicts itself. */
  startRefused(node: NodeId, error: unknown): void;
  /** Something that nobody expects: of the program, or of the model. */
  defect(node: NodeId, error: unknown): void;
}

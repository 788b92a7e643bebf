/**
 * The sum over all replicated rows, kept up to date by whoever changes a row: the tables, and nobody else, write rows. So the digest of the
 * catalogue costs nothing to ask for, and is known at every applied seq.
 *
 * Why not triggers: they were measured at a quarter of the time of applying before they had hashed anything (docs/decisions/070).
 */
import type { ReplicatedTable } from '../schema.ts';
import type { RowProof } from './row-proof.ts';
import { hashRow, type Row, RowSum } from './row-sum.ts';

export class RunningDigest {
  readonly #sum = new RowSum();
  /** Goes through the rows while they change. */
  #proof: RowProof | undefined;

  /** As it is written beside the rows, in the same transaction. */
  get sum(): Uint8Array {
    return this.#sum.bytes;
  }

  writeSum(into: Buffer, at: number): void {
    this.#sum.write(into, at);
  }

  /** Back to what the file says: at start, and after a group was rolled back, with all that a proof saw of it. */
  load(sum: Uint8Array): void {
    this.#sum.set(sum);
    this.#proof = undefined;
  }

  /** Tells a proof under way of every change from now on, and no other one any more. */
  follow(proof: RowProof | undefined): void {
    this.#proof = proof;
  }

  isFollowedBy(proof: RowProof): boolean {
    return this.#proof === proof;
  }

  added(table: ReplicatedTable, row: Row): void {
    const rowHash = hashRow(table, row);
    this.#sum.add(rowHash);
    this.#proof?.added(table, row, rowHash);
  }

  removed(table: ReplicatedTable, row: Row): void {
    const rowHash = hashRow(table, row);
    this.#sum.subtract(rowHash);
    this.#proof?.removed(table, row, rowHash);
  }

  changed(table: ReplicatedTable, before: Row, after: Row): void {
    this.removed(table, before);
    this.added(table, after);
  }
}

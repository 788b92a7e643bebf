/** Outcomes of operations, kept for as long as a retry may come. */
import type { OperationId } from '@netstore/shared-types';
import { decodeCbor, encodeCbor, Outcome } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
import type { Row } from '../digest/row-sum.ts';
import type { RunningDigest } from '../digest/running-digest.ts';
import { idBytes } from '../id-bytes.ts';

/** Expired outcomes that one record takes away: more than the one it adds, few enough that no record is slow after a pause. */
const PRUNED_PER_RECORD = 16;

export interface OperationState {
  readonly seq: number;
  readonly epoch: number;
  readonly expiresAtMs: number;
  readonly fingerprint: Uint8Array;
  readonly outcome: Outcome;
}

interface OperationRow extends Omit<OperationState, 'outcome'> {
  readonly outcome: Uint8Array;
}

export class OperationTable {
  readonly #find: Statement<[Uint8Array], OperationRow>;
  readonly #insert: Statement<[Uint8Array, number, number, number, Uint8Array, string | null, Uint8Array]>;
  readonly #expired: Statement<[number], { operationId: Uint8Array }>;
  readonly #delete: Statement<[Uint8Array], Row>;
  readonly #digest: RunningDigest;

  constructor(database: Database, digest: RunningDigest) {
    this.#digest = digest;
    this.#find = database.prepare('SELECT seq, epoch, expiresAtMs, fingerprint, outcome FROM operations WHERE operationId = ?');
    this.#insert = database.prepare('INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#expired = database.prepare(
      `SELECT operationId FROM operations INDEXED BY operations_by_expiry
       WHERE expiresAtMs <= ? ORDER BY expiresAtMs, operationId LIMIT ${PRUNED_PER_RECORD}`,
    );
    this.#delete = database
      .prepare<[Uint8Array], Row>(
        `DELETE FROM operations WHERE operationId = ?
         RETURNING operationId, seq, epoch, expiresAtMs, fingerprint, coalesce(rejection, outcome)`,
      )
      .raw();
  }

  find(operationId: OperationId): OperationState | undefined {
    const row = this.#find.get(idBytes(operationId));
    return row && { ...row, outcome: decodeCbor(Outcome, row.outcome) };
  }

  /** Undefined, too, when it has expired by the time of the record that asks: a retry is then an operation of its own. */
  findValid(operationId: OperationId, timeMs: number): OperationState | undefined {
    const found = this.find(operationId);
    return found !== undefined && found.expiresAtMs > timeMs ? found : undefined;
  }

  /** Takes the place of an expired one of the same id. */
  add(operationId: OperationId, { seq, epoch, expiresAtMs, fingerprint, outcome }: OperationState): void {
    const rejection = outcome.isAccepted ? null : outcome.code;
    const id = idBytes(operationId);
    const encoded = encodeCbor(Outcome, outcome);
    const insert = (): number => this.#insert.run(id, seq, epoch, expiresAtMs, fingerprint, rejection, encoded).changes;
    if (insert() === 0) {
      this.#remove(id);
      insert();
    }
    this.#digest.added('operations', [id, seq, epoch, expiresAtMs, fingerprint, rejection ?? encoded]);
  }

  prune(timeMs: number): void {
    for (const { operationId } of this.#expired.all(timeMs)) this.#remove(operationId);
  }

  #remove(id: Uint8Array): void {
    const removed = this.#delete.get(id);
    if (removed !== undefined) this.#digest.removed('operations', removed);
  }
}

/** Outcomes of operations, kept for as long as a retry may come. */
import type { OperationId } from '@netstore/shared-types';
import { decodeCbor, encodeCbor, Outcome } from '@netstore/wire-protocol';
import type { Database, Statement } from 'better-sqlite3';
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
  readonly #replace: Statement<[Uint8Array, number, number, number, Uint8Array, string | null, Uint8Array]>;
  readonly #expired: Statement<[number], { operationId: Uint8Array }>;
  readonly #delete: Statement<[Uint8Array]>;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT seq, epoch, expiresAtMs, fingerprint, outcome FROM operations WHERE operationId = ?');
    this.#replace = database.prepare('INSERT OR REPLACE INTO operations VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#expired = database.prepare(
      `SELECT operationId FROM operations INDEXED BY operations_by_expiry
       WHERE expiresAtMs <= ? ORDER BY expiresAtMs, operationId LIMIT ${PRUNED_PER_RECORD}`,
    );
    this.#delete = database.prepare('DELETE FROM operations WHERE operationId = ?');
  }

  find(operationId: OperationId): OperationState | undefined {
    const row = this.#find.get(idBytes(operationId));
    return row && { ...row, outcome: decodeCbor(Outcome, row.outcome) };
  }

  /** Takes the place of an expired one of the same id. */
  add(operationId: OperationId, { seq, epoch, expiresAtMs, fingerprint, outcome }: OperationState): void {
    const rejection = outcome.isAccepted ? null : outcome.code;
    this.#replace.run(idBytes(operationId), seq, epoch, expiresAtMs, fingerprint, rejection, encodeCbor(Outcome, outcome));
  }

  prune(timeMs: number): void {
    for (const { operationId } of this.#expired.all(timeMs)) this.#delete.run(operationId);
  }
}

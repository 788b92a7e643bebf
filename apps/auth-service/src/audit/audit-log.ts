/** Keeps what gateways report: numbers it, chains it, and signs where the chain stands. One batch after the other. */
import { AUDIT_GENESIS, type AuditBatch, type AuditEntry, type UserId } from '@netstore/shared-types';
import type { Clock } from '../clock.ts';
import type { SigningKey } from '../keys/key-ring.ts';
import { chained, signCheckpoint } from './audit-chain.ts';
import type { AuditStore } from './audit-store.ts';

/** Whoever can write to the file can rewrite what came after the last signature and nothing before it. */
const ENTRIES_PER_CHECKPOINT = 1_000;

interface AuditLogOptions {
  readonly store: AuditStore;
  readonly signingKey: () => SigningKey;
  readonly namesOf: (ids: readonly UserId[]) => Promise<ReadonlyMap<string, string>>;
  readonly now: Clock;
}

export class AuditLog {
  readonly #options: AuditLogOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** Returns when it is on the disk. A batch that is known already is left alone. */
  keep(batch: AuditBatch): Promise<void> {
    return this.#inTurn(() => this.#keep(batch));
  }

  /** Signs the end of the chain unless it is signed, and gives its number. */
  sign(): Promise<number> {
    return this.#inTurn(() => this.#sign(1));
  }

  async #keep({ gateway, batch, entries }: AuditBatch): Promise<void> {
    const { store, namesOf } = this.#options;
    if (batch <= (await store.lastBatchOf(gateway))) return;
    const ids = new Set(entries.flatMap(({ actorId }) => (actorId === null ? [] : [actorId as UserId])));
    const names = await namesOf([...ids]);
    let { seq, hash } = (await store.last()) ?? { seq: 0, hash: AUDIT_GENESIS };
    const rows: AuditEntry[] = [];
    for (const entry of entries) {
      const actorName = entry.actorId === null ? null : (names.get(entry.actorId) ?? null);
      const row = chained(hash, { ...entry, seq: seq + 1, actorName });
      ({ seq, hash } = row);
      rows.push(row);
    }
    store.append(rows, { gateway, batch });
    await this.#sign(ENTRIES_PER_CHECKPOINT);
  }

  async #sign(unsignedMin: number): Promise<number> {
    const { store, signingKey, now } = this.#options;
    const last = await store.last();
    if (last === undefined) return 0;
    const signed = await store.lastCheckpointSeq();
    if (last.seq - signed >= unsignedMin) await store.addCheckpoint(signCheckpoint(last, signingKey(), now()));
    return last.seq;
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

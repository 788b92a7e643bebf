/** The rows of moves that are pending. Decides nothing. */
import type { SpaceId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export interface RuleMoveRow {
  readonly operationId: string;
  readonly from: string;
  readonly to: string;
  readonly hasRules: boolean;
  readonly hasGiven: boolean;
}

/** Of a space, those that are pending at a time. */
export async function listPending(db: Kysely<Schema>, spaceId: SpaceId, nowMs: number): Promise<RuleMoveRow[]> {
  const rows = await db
    .selectFrom('ruleMoves')
    .select(['operationId', 'from', 'to', 'hasRules', 'hasGiven'])
    .where('spaceId', '=', spaceId)
    .where('pendingUntil', '>', nowMs)
    .execute();
  return rows.map((row) => ({ ...row, hasRules: row.hasRules === 1, hasGiven: row.hasGiven === 1 }));
}

/** In place of what the same operation had. */
export async function putPending(
  db: Kysely<Schema>,
  spaceId: SpaceId,
  row: RuleMoveRow & { readonly pendingUntil: number },
): Promise<void> {
  const flags = { hasRules: Number(row.hasRules), hasGiven: Number(row.hasGiven) };
  await db
    .replaceInto('ruleMoves')
    .values({ spaceId, ...row, ...flags })
    .execute();
}

export async function deletePending(db: Kysely<Schema>, spaceId: SpaceId, operationId: string): Promise<void> {
  await db.deleteFrom('ruleMoves').where('spaceId', '=', spaceId).where('operationId', '=', operationId).execute();
}

/** Of all spaces, those whose time is over. */
export async function deleteOverdue(db: Kysely<Schema>, nowMs: number): Promise<void> {
  await db.deleteFrom('ruleMoves').where('pendingUntil', '<=', nowMs).execute();
}

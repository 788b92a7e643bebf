/** The rows of quotas of people. Those of spaces are a column of theirs. */
import type { UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Null: as much as there is room. */
export async function quotaOf(db: Kysely<Schema>, userId: UserId): Promise<number | null> {
  const row = await db.selectFrom('userQuotas').select('bytesMax').where('userId', '=', userId).executeTakeFirst();
  return row?.bytesMax ?? null;
}

export async function setQuota(db: Kysely<Schema>, userId: UserId, bytesMax: number | null): Promise<void> {
  if (bytesMax === null) {
    await db.deleteFrom('userQuotas').where('userId', '=', userId).execute();
    return;
  }
  await db
    .insertInto('userQuotas')
    .values({ userId, bytesMax })
    .onConflict((conflict) => conflict.column('userId').doUpdateSet({ bytesMax }))
    .execute();
}

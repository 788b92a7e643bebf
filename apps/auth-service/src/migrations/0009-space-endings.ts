/** Shared spaces that are being deleted: since when nobody writes in them. */
import type { Kysely } from 'kysely';

export async function createSpaceEndings(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('spaces').addColumn('endingSince', 'integer').execute();
}

/** How many bytes a counted download may still send. */
import type { Kysely } from 'kysely';

export async function createDownloadBudgets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('shareDownloads')
    .addColumn('bytesLeft', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}

/** Moves that a gateway has begun and not ended: a restart in between must not forget whose rules came from where. */
import { type Kysely, sql } from 'kysely';

export async function createRuleMoves(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ruleMoves')
    .addColumn('spaceId', 'text', (column) => column.notNull().references('spaces.id').onDelete('cascade'))
    .addColumn('operationId', 'text', (column) => column.notNull())
    .addColumn('from', 'text', (column) => column.notNull())
    .addColumn('to', 'text', (column) => column.notNull())
    .addColumn('hasRules', 'integer', (column) => column.notNull())
    .addColumn('hasGiven', 'integer', (column) => column.notNull())
    .addColumn('pendingUntil', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('ruleMovesKey', ['spaceId', 'operationId'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}

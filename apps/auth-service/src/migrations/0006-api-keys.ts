/** Keys by which programs act for a user. They go with the user and with the space they are for. */
import { type Kysely, sql } from 'kysely';

export async function createApiKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('apiKeys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('nonce', 'text', (column) => column.notNull())
    .addColumn('spaceId', 'text', (column) => column.references('spaces.id').onDelete('cascade'))
    .addColumn('folder', 'text', (column) => column.notNull())
    .addColumn('verbs', 'text', (column) => column.notNull())
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .addColumn('expiresAt', 'integer')
    .addColumn('lastUsedAt', 'integer')
    .addCheckConstraint('apiKeysFolder', sql`spaceId is not null or folder = ''`)
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('apiKeysOfUsers').on('apiKeys').columns(['userId', 'name']).unique().execute();
  await db.schema.createIndex('apiKeysBySpace').on('apiKeys').column('spaceId').execute();
}

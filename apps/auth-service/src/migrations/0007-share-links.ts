/** Links that share a file or folder, and what was downloaded by them. They go with their maker and with the space. */
import { type Kysely, sql } from 'kysely';

export async function createShareLinks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('shareLinks')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('tokenHash', 'text', (column) => column.notNull().unique())
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('spaceId', 'text', (column) => column.notNull().references('spaces.id').onDelete('cascade'))
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('view', 'drop')`))
    .addColumn('passwordHash', 'text')
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .addColumn('expiresAt', 'integer')
    .addColumn('lastUsedAt', 'integer')
    .addColumn('endedAt', 'integer')
    .addColumn('downloadsMax', 'integer')
    .addColumn('downloadsUsed', 'integer', (column) => column.notNull())
    .addCheckConstraint('shareLinksCount', sql`downloadsMax is null or downloadsUsed <= downloadsMax`)
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('shareLinksByUser').on('shareLinks').column('userId').execute();
  await db.schema.createIndex('shareLinksBySpace').on('shareLinks').column('spaceId').execute();
  await db.schema
    .createTable('shareDownloads')
    .addColumn('linkId', 'text', (column) => column.notNull().references('shareLinks.id').onDelete('cascade'))
    .addColumn('session', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('countedAt', 'integer', (column) => column.notNull())
    .addColumn('isBroken', 'integer', (column) => column.notNull().check(sql`isBroken in (0, 1)`))
    .addPrimaryKeyConstraint('shareDownloadsKey', ['linkId', 'session', 'version'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema.createIndex('shareDownloadsByTime').on('shareDownloads').column('countedAt').execute();
}

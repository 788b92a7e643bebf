/** What is known of people besides name and password: look-alike names, links, second factors, and where sessions come from. */
import { type Kysely, sql } from 'kysely';
import { skeletonOf } from '../accounts/username.ts';

export async function createPeople(db: Kysely<unknown>): Promise<void> {
  await widenUsers(db as Kysely<OldUsers>);
  await db.schema.alterTable('sessions').addColumn('clientAgent', 'text').execute();
  await createLinks(db);
  await createSecondFactors(db);
}

interface OldUsers {
  users: { id: string; username: string; skeleton: string };
}

async function widenUsers(db: Kysely<OldUsers>): Promise<void> {
  await db.schema.alterTable('users').addColumn('lastSignInAt', 'integer').execute();
  await db.schema
    .alterTable('users')
    .addColumn('skeleton', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  for (const { id, username } of await db.selectFrom('users').select(['id', 'username']).execute()) {
    await db
      .updateTable('users')
      .set({ skeleton: skeletonOf(username) })
      .where('id', '=', id)
      .execute();
  }
  await db.schema.createIndex('usersBySkeleton').on('users').column('skeleton').unique().execute();
  await db.schema
    .createTable('retiredNames')
    .addColumn('skeleton', 'text', (column) => column.primaryKey())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('userId', 'text', (column) => column.notNull())
    .addColumn('retiredAt', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
}

async function createLinks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('invitations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('tokenHash', 'text', (column) => column.notNull().unique())
    .addColumn('username', 'text')
    .addColumn('roles', 'text', (column) => column.notNull())
    .addColumn('createdBy', 'text', (column) => column.references('users.id').onDelete('set null'))
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .addColumn('expiresAt', 'integer', (column) => column.notNull())
    .addColumn('usedAt', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('passwordResets')
    .addColumn('tokenHash', 'text', (column) => column.primaryKey())
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('createdBy', 'text', (column) => column.references('users.id').onDelete('set null'))
    .addColumn('expiresAt', 'integer', (column) => column.notNull())
    .addColumn('endedAt', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('invitationsByCreator').on('invitations').column('createdBy').execute();
  await db.schema.createIndex('passwordResetsByUser').on('passwordResets').column('userId').execute();
  await db.schema.createIndex('passwordResetsByCreator').on('passwordResets').column('createdBy').execute();
}

async function createSecondFactors(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('secondFactors')
    .addColumn('userId', 'text', (column) => column.primaryKey().references('users.id').onDelete('cascade'))
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .addColumn('confirmedAt', 'integer')
    .addColumn('lastStep', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('recoveryCodes')
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('codeHash', 'text', (column) => column.notNull())
    .addColumn('usedAt', 'integer')
    .addPrimaryKeyConstraint('recoveryCodesKey', ['userId', 'codeHash'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
}

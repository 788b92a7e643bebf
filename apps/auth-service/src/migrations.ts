/**
 * Every change of the schema, in order. A migration that has been released is never edited: a later one corrects it. There is
 * no way down: an older program refuses newer data (`database.ts`) and a backup is the way back.
 */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { createPeople } from './migrations/0004-people.ts';
import { createAccess } from './migrations/0005-access.ts';
import { createApiKeys } from './migrations/0006-api-keys.ts';
import { createShareLinks } from './migrations/0007-share-links.ts';
import { createRuleMoves } from './migrations/0008-rule-moves.ts';
import { createSpaceEndings } from './migrations/0009-space-endings.ts';
import { createDownloadBudgets } from './migrations/0010-download-budgets.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-accounts': { up: createAccounts },
  '0002-sessions': { up: createSessions },
  '0003-keys': { up: createKeys },
  '0004-people': { up: createPeople },
  '0005-access': { up: createAccess },
  '0006-api-keys': { up: createApiKeys },
  '0007-share-links': { up: createShareLinks },
  '0008-rule-moves': { up: createRuleMoves },
  '0009-space-endings': { up: createSpaceEndings },
  '0010-download-budgets': { up: createDownloadBudgets },
};

async function createAccounts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('username', 'text', (column) => column.notNull().unique())
    .addColumn('passwordHash', 'text', (column) => column.notNull())
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .addColumn('disabledAt', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('userRoles')
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull().check(sql`role in ('admin', 'auditor', 'member')`))
    .addPrimaryKeyConstraint('userRolesKey', ['userId', 'role'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema
    .createTable('spaces')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('spaceMembers')
    .addColumn('spaceId', 'text', (column) => column.notNull().references('spaces.id').onDelete('cascade'))
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull().check(sql`role in ('viewer', 'editor', 'manager')`))
    .addPrimaryKeyConstraint('spaceMembersKey', ['spaceId', 'userId'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema.createIndex('spaceMembersByUser').on('spaceMembers').column('userId').execute();
  await db.schema
    .createTable('setupTokens')
    .addColumn('tokenHash', 'text', (column) => column.primaryKey())
    .addColumn('expiresAt', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
}

async function createSessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .addColumn('lastUsedAt', 'integer', (column) => column.notNull())
    .addColumn('clientAddress', 'text', (column) => column.notNull())
    .addColumn('endedAt', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('sessionsByUser').on('sessions').columns(['userId', 'lastUsedAt']).execute();
  await db.schema
    .createTable('refreshTokens')
    .addColumn('tokenHash', 'text', (column) => column.primaryKey())
    .addColumn('sessionId', 'text', (column) => column.notNull().references('sessions.id').onDelete('cascade'))
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .addColumn('replacedAt', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('refreshTokensBySession').on('refreshTokens').column('sessionId').execute();
}

async function createKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('signingKeys')
    .addColumn('kid', 'text', (column) => column.primaryKey())
    .addColumn('publicKeyPem', 'text', (column) => column.notNull())
    .addColumn('privateKeyPem', 'text', (column) => column.notNull())
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('secrets')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
}

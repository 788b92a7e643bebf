/**
 * Spaces get a kind and an owner, and what was a list of members becomes the table of grants. Home spaces belong to the person they are named
 * after, who manages them by owning them; every other membership becomes a grant at the root.
 */
import { type Kysely, sql } from 'kysely';

export async function createAccess(db: Kysely<unknown>): Promise<void> {
  await createGroups(db);
  await sql`create table formerMembers as select * from spaceMembers`.execute(db);
  await rebuildSpaces(db);
  await createGrants(db);
  await sql`
    insert into grants (spaceId, folder, userId, groupId, role)
    select formerMembers.spaceId, '', formerMembers.userId, null, formerMembers.role
    from formerMembers join spaces on spaces.id = formerMembers.spaceId
    where formerMembers.userId <> spaces.ownerId`.execute(db);
  await db.schema.dropTable('formerMembers').execute();
  await db.schema
    .createTable('userQuotas')
    .addColumn('userId', 'text', (column) => column.primaryKey().references('users.id').onDelete('cascade'))
    .addColumn('bytesMax', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
}

async function createGroups(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('groups')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema
    .createTable('groupMembers')
    .addColumn('groupId', 'text', (column) => column.notNull().references('groups.id').onDelete('cascade'))
    .addColumn('userId', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('groupMembersKey', ['groupId', 'userId'])
    .modifyEnd(sql`strict, without rowid`)
    .execute();
  await db.schema.createIndex('groupMembersByUser').on('groupMembers').columns(['userId', 'groupId']).execute();
}

/** SQLite adds no column that is required and refers to another table. A space without a manager goes to the first administrator. */
async function rebuildSpaces(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ownedSpaces')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull().check(sql`kind in ('home', 'shared')`))
    .addColumn('ownerId', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('bytesMax', 'integer')
    .addColumn('createdAt', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await sql`
    insert into ownedSpaces (id, name, kind, ownerId, bytesMax, createdAt)
    select spaces.id, spaces.name, case when named.id is null then 'shared' else 'home' end,
      coalesce(named.id,
        (select userId from spaceMembers where spaceId = spaces.id and role = 'manager' order by userId limit 1),
        (select userId from userRoles join users on users.id = userId where role = 'admin' order by createdAt, userId limit 1)),
      null, spaces.createdAt
    from spaces left join users as named on spaces.name = 'home-' || named.username`.execute(db);
  await db.schema.dropTable('spaceMembers').execute();
  await db.schema.dropTable('spaces').execute();
  await db.schema.alterTable('ownedSpaces').renameTo('spaces').execute();
  await db.schema.createIndex('spacesByOwner').on('spaces').column('ownerId').execute();
}

/** A column for each kind of subject, so that both can refer to what they name: grants go with their user or group. */
async function createGrants(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('grants')
    .addColumn('spaceId', 'text', (column) => column.notNull().references('spaces.id').onDelete('cascade'))
    .addColumn('folder', 'text', (column) => column.notNull())
    .addColumn('userId', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('groupId', 'text', (column) => column.references('groups.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull().check(sql`role in ('none', 'viewer', 'editor', 'manager')`))
    .addCheckConstraint('grantsName', sql`(userId is null) <> (groupId is null)`)
    .addCheckConstraint('grantsOfManagers', sql`role <> 'manager' or folder = ''`)
    .modifyEnd(sql`strict`)
    .execute();
  await db.schema.createIndex('grantsOfUsers').on('grants').columns(['spaceId', 'folder', 'userId']).unique().execute();
  await db.schema.createIndex('grantsOfGroups').on('grants').columns(['spaceId', 'folder', 'groupId']).unique().execute();
  await db.schema.createIndex('grantsByUser').on('grants').columns(['userId', 'spaceId']).execute();
  await db.schema.createIndex('grantsByGroup').on('grants').columns(['groupId', 'spaceId']).execute();
}

/** The rows of grants: who has which role where. Decides nothing. */
import type { Grant, GrantRole, GroupId, SpaceId, UserId } from '@netstore/shared-types';
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** A user or a group by id. */
export type SubjectId = { readonly userId: UserId; readonly groupId: null } | { readonly userId: null; readonly groupId: GroupId };

export interface GrantRow {
  readonly folder: string;
  readonly userId: UserId | null;
  readonly groupId: GroupId | null;
  readonly role: GrantRole;
}

interface NamedGrantRow {
  readonly folder: string;
  readonly role: GrantRole;
  readonly username: string | null;
  readonly groupName: string | null;
}

/** All of a space, by folder. */
export async function listGrants(db: Kysely<Schema>, spaceId: SpaceId): Promise<Grant[]> {
  const rows = await selectGrants(db).where('grants.spaceId', '=', spaceId).orderBy('grants.folder').execute();
  return rows.map(grantOf);
}

/** Those of a space that name a user or one of his groups. */
export async function grantsNaming(db: Kysely<Schema>, spaceId: SpaceId, userId: UserId): Promise<Grant[]> {
  const rows = await selectNaming(db, spaceId, userId).execute();
  return rows.map(grantOf);
}

/** The same at the root alone. */
export async function rootGrantsNaming(db: Kysely<Schema>, spaceId: SpaceId, userId: UserId): Promise<Grant[]> {
  const rows = await selectNaming(db, spaceId, userId).where('grants.folder', '=', '').execute();
  return rows.map(grantOf);
}

/** The same of all spaces. */
export async function grantsNamingBySpace(db: Kysely<Schema>, userId: UserId): Promise<Map<SpaceId, Grant[]>> {
  const groupsOfUser = db.selectFrom('groupMembers').select('groupId').where('userId', '=', userId);
  const own = selectGrants(db).select('grants.spaceId').where('grants.userId', '=', userId);
  const throughGroups = selectGrants(db).select('grants.spaceId').where('grants.groupId', 'in', groupsOfUser);
  const bySpace = new Map<SpaceId, Grant[]>();
  for (const row of await own.unionAll(throughGroups).execute()) {
    const grants = bySpace.get(row.spaceId);
    if (grants === undefined) bySpace.set(row.spaceId, [grantOf(row)]);
    else grants.push(grantOf(row));
  }
  return bySpace;
}

/** At the folder and below it, with ids, for giving the same to another folder. */
export async function grantsBelow(db: Kysely<Schema>, spaceId: SpaceId, folder: string): Promise<GrantRow[]> {
  return await db
    .selectFrom('grants')
    .select(['folder', 'userId', 'groupId', 'role'])
    .where('spaceId', '=', spaceId)
    .where((is) => isBelow(is, folder))
    .orderBy('folder')
    .orderBy('userId')
    .orderBy('groupId')
    .execute();
}

/** Where there are none of these yet. Call inside a transaction. */
export async function insertGrants(db: Kysely<Schema>, spaceId: SpaceId, rows: readonly GrantRow[]): Promise<void> {
  for (const row of rows) {
    await db
      .insertInto('grants')
      .values({ spaceId, ...row })
      .execute();
  }
}

/** Whether there were any. */
export async function deleteGrantsBelow(db: Kysely<Schema>, spaceId: SpaceId, folder: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('grants')
    .where('spaceId', '=', spaceId)
    .where((is) => isBelow(is, folder))
    .executeTakeFirst();
  return numDeletedRows > 0;
}

/** How many a space has, and how long the folders that they name are together. */
export async function measureGrants(
  db: Kysely<Schema>,
  spaceId: SpaceId,
): Promise<{ readonly count: number; readonly folderBytes: number }> {
  return await db
    .selectFrom('grants')
    .select((is) => [is.fn.countAll<number>().as('count'), sql<number>`coalesce(sum(octet_length(folder)), 0)`.as('folderBytes')])
    .where('spaceId', '=', spaceId)
    .executeTakeFirstOrThrow();
}

/** Whether a group has a role in a space, or `none`. */
export async function hasGrants(db: Kysely<Schema>, spaceId: SpaceId, groupId: GroupId): Promise<boolean> {
  const row = await db.selectFrom('grants').select('role').where('spaceId', '=', spaceId).where('groupId', '=', groupId).executeTakeFirst();
  return row !== undefined;
}

/** In place of what the same subject had at the same folder; whether it had nothing there. Call inside a transaction. */
export async function putGrant(
  db: Kysely<Schema>,
  grant: { readonly spaceId: SpaceId; readonly folder: string; readonly subject: SubjectId; readonly role: GrantRole },
): Promise<boolean> {
  const { spaceId, folder, subject, role } = grant;
  const isReplaced = await deleteGrant(db, grant);
  await db
    .insertInto('grants')
    .values({ spaceId, folder, role, ...subject })
    .execute();
  return !isReplaced;
}

/** Whether there was one. */
export async function deleteGrant(
  db: Kysely<Schema>,
  { spaceId, folder, subject }: { readonly spaceId: SpaceId; readonly folder: string; readonly subject: SubjectId },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('grants')
    .where('spaceId', '=', spaceId)
    .where('folder', '=', folder)
    .where('userId', subject.userId === null ? 'is' : '=', subject.userId)
    .where('groupId', subject.groupId === null ? 'is' : '=', subject.groupId)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

function selectGrants(db: Kysely<Schema>) {
  return db
    .selectFrom('grants')
    .leftJoin('users', 'users.id', 'grants.userId')
    .leftJoin('groups', 'groups.id', 'grants.groupId')
    .select(['grants.folder', 'grants.role', 'users.username', 'groups.name as groupName']);
}

function selectNaming(db: Kysely<Schema>, spaceId: SpaceId, userId: UserId) {
  return selectGrants(db)
    .where('grants.spaceId', '=', spaceId)
    .where((is) => isNaming(is, db, userId));
}

function isNaming(is: ExpressionBuilder<Schema, 'grants'>, db: Kysely<Schema>, userId: UserId) {
  const groupsOfUser = db.selectFrom('groupMembers').select('groupId').where('userId', '=', userId);
  return is.or([is('grants.userId', '=', userId), is('grants.groupId', 'in', groupsOfUser)]);
}

/** As a range, which the index of folders serves: `0` is the character after `/`. */
function isBelow(is: ExpressionBuilder<Schema, 'grants'>, folder: string) {
  return is.or([is('folder', '=', folder), is.and([is('folder', '>', `${folder}/`), is('folder', '<', `${folder}0`)])]);
}

function grantOf({ folder, role, username, groupName }: NamedGrantRow): Grant {
  const subject = username === null ? { kind: 'group' as const, name: groupName ?? '' } : { kind: 'user' as const, name: username };
  return { folder, subject, role };
}

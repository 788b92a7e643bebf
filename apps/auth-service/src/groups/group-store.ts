/** The rows of groups and their members. Decides nothing. */
import { type GroupId, type GroupSummary, newGroupId, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Page } from '../page.ts';
import type { Schema } from '../schema.ts';

export async function insertGroup(db: Kysely<Schema>, name: string, createdAt: number): Promise<void> {
  await db.insertInto('groups').values({ id: newGroupId(), name, createdAt }).execute();
}

export async function findGroup(db: Kysely<Schema>, name: string): Promise<{ readonly id: GroupId } | undefined> {
  return await db.selectFrom('groups').select('id').where('name', '=', name).executeTakeFirst();
}

export async function renameGroup(db: Kysely<Schema>, id: GroupId, name: string): Promise<void> {
  await db.updateTable('groups').set({ name }).where('id', '=', id).execute();
}

/** With its members and grants. */
export async function deleteGroup(db: Kysely<Schema>, id: GroupId): Promise<void> {
  await db.deleteFrom('groups').where('id', '=', id).execute();
}

/** By name, with how many are in each. */
export async function listGroups(db: Kysely<Schema>, { after, limit }: Page): Promise<GroupSummary[]> {
  return await db
    .selectFrom('groups')
    .select((is) => [
      'groups.name',
      is
        .selectFrom('groupMembers')
        .whereRef('groupMembers.groupId', '=', 'groups.id')
        .select((of) => of.fn.countAll<number>().as('members'))
        .$asScalar()
        .$notNull()
        .as('members'),
    ])
    .where('groups.name', '>', after)
    .orderBy('groups.name')
    .limit(limit)
    .execute();
}

/** User names. */
export async function listMembers(db: Kysely<Schema>, groupId: GroupId, { after, limit }: Page): Promise<string[]> {
  const rows = await db
    .selectFrom('groupMembers')
    .innerJoin('users', 'users.id', 'groupMembers.userId')
    .select('users.username')
    .where('groupMembers.groupId', '=', groupId)
    .where('users.username', '>', after)
    .orderBy('users.username')
    .limit(limit)
    .execute();
  return rows.map(({ username }) => username);
}

export async function isMember(db: Kysely<Schema>, groupId: GroupId, userId: UserId): Promise<boolean> {
  const row = await db
    .selectFrom('groupMembers')
    .select('userId')
    .where('groupId', '=', groupId)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Also when he is in it already. */
export async function addMember(db: Kysely<Schema>, groupId: GroupId, userId: UserId): Promise<void> {
  await db
    .insertInto('groupMembers')
    .values({ groupId, userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function removeMember(db: Kysely<Schema>, groupId: GroupId, userId: UserId): Promise<void> {
  await db.deleteFrom('groupMembers').where('groupId', '=', groupId).where('userId', '=', userId).execute();
}

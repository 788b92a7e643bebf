/** The rows of spaces and their members. */
import { newSpaceId, type SpaceSummary, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** The space that every user manages from the first day. Call inside the transaction that creates the user. */
export async function insertHomeSpace(db: Kysely<Schema>, user: { id: UserId; username: string }, createdAt: number): Promise<void> {
  const id = newSpaceId();
  await db
    .insertInto('spaces')
    .values({ id, name: `home-${user.username}`, createdAt })
    .execute();
  await db.insertInto('spaceMembers').values({ spaceId: id, userId: user.id, role: 'manager' }).execute();
}

/** The spaces of a user by name. */
export async function listSpacesOf(db: Kysely<Schema>, userId: UserId): Promise<SpaceSummary[]> {
  return await selectSpacesOf(db, userId).orderBy('spaces.name').execute();
}

/** `undefined` for a space that is not there and for one that is not theirs alike: nothing above can tell them apart. */
export async function findSpaceOf(db: Kysely<Schema>, userId: UserId, spaceName: string): Promise<SpaceSummary | undefined> {
  return await selectSpacesOf(db, userId).where('spaces.name', '=', spaceName).executeTakeFirst();
}

function selectSpacesOf(db: Kysely<Schema>, userId: UserId) {
  return db
    .selectFrom('spaceMembers')
    .innerJoin('spaces', 'spaces.id', 'spaceMembers.spaceId')
    .select(['spaces.id', 'spaces.name', 'spaceMembers.role'])
    .where('spaceMembers.userId', '=', userId);
}

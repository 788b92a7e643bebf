/** The rows of spaces: what they are called, whose they are, and how much they may take. Decides nothing. */
import { newSpaceId, type SpaceId, type SpaceKind, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export interface SpaceRow {
  readonly id: SpaceId;
  readonly name: string;
  readonly kind: SpaceKind;
  readonly ownerId: UserId;
  /** The owner's user name. */
  readonly owner: string;
  readonly bytesMax: number | null;
  /** Null: it is not being deleted. */
  readonly endingSince: number | null;
}

export interface NewSpaceRow {
  readonly name: string;
  readonly ownerId: UserId;
  readonly bytesMax: number | null;
  readonly createdAt: number;
}

/** The space that every user owns from the first day. Call inside the transaction that creates the user. */
export async function insertHomeSpace(db: Kysely<Schema>, user: { id: UserId; username: string }, createdAt: number): Promise<void> {
  const name = `home-${user.username}`;
  await db
    .insertInto('spaces')
    .values({ id: newSpaceId(), name, kind: 'home', ownerId: user.id, bytesMax: null, createdAt, endingSince: null })
    .execute();
}

export async function insertSharedSpace(db: Kysely<Schema>, space: NewSpaceRow): Promise<void> {
  await db
    .insertInto('spaces')
    .values({ id: newSpaceId(), kind: 'shared', endingSince: null, ...space })
    .execute();
}

export async function updateSpace(
  db: Kysely<Schema>,
  id: SpaceId,
  change: { name?: string; ownerId?: UserId; bytesMax?: number | null; endingSince?: number | null },
): Promise<void> {
  await db.updateTable('spaces').set(change).where('id', '=', id).execute();
}

/** With the rules, links and keys that are about it alone. */
export async function deleteSpace(db: Kysely<Schema>, id: SpaceId): Promise<void> {
  await db.deleteFrom('spaces').where('id', '=', id).execute();
}

export async function findSpace(db: Kysely<Schema>, name: string): Promise<SpaceRow | undefined> {
  return await selectSpaces(db).where('spaces.name', '=', name).executeTakeFirst();
}

/** All spaces by name, from the one after `after`. */
export async function listSpaces(db: Kysely<Schema>, { after, limit }: { after: string; limit: number }): Promise<SpaceRow[]> {
  return await selectSpaces(db).where('spaces.name', '>', after).orderBy('spaces.name').limit(limit).execute();
}

/** By name: those that a user owns, and those where a grant names him or one of his groups, whatever it gives. */
export async function listSpacesNaming(db: Kysely<Schema>, userId: UserId): Promise<SpaceRow[]> {
  const owned = db.selectFrom('spaces').select('id').where('ownerId', '=', userId);
  const granted = db.selectFrom('grants').select('spaceId as id').where('userId', '=', userId);
  const groupsOfUser = db.selectFrom('groupMembers').select('groupId').where('userId', '=', userId);
  const throughGroups = db.selectFrom('grants').select('spaceId as id').where('groupId', 'in', groupsOfUser);
  return await selectSpaces(db).where('spaces.id', 'in', owned.union(granted).union(throughGroups)).orderBy('spaces.name').execute();
}

export async function idsOfSpacesOwnedBy(db: Kysely<Schema>, userId: UserId): Promise<SpaceId[]> {
  const rows = await db.selectFrom('spaces').select('id').where('ownerId', '=', userId).orderBy('id').execute();
  return rows.map(({ id }) => id);
}

export async function namesOfSpacesOwnedBy(db: Kysely<Schema>, userId: UserId): Promise<string[]> {
  const rows = await db.selectFrom('spaces').select('name').where('ownerId', '=', userId).orderBy('name').execute();
  return rows.map(({ name }) => name);
}

/** All of them: how much two names are alike is nothing that an index knows, and spaces are made and renamed seldom. */
export async function namesOfSharedSpaces(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db.selectFrom('spaces').select('name').where('kind', '=', 'shared').execute();
  return rows.map(({ name }) => name);
}

function selectSpaces(db: Kysely<Schema>) {
  return db
    .selectFrom('spaces')
    .innerJoin('users as owners', 'owners.id', 'spaces.ownerId')
    .select(['spaces.id', 'spaces.name', 'spaces.kind', 'spaces.ownerId', 'owners.username as owner', 'spaces.bytesMax'])
    .select('spaces.endingSince');
}

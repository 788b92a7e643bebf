/** The rows of users as those who look after them see them, and what changes them. Decides nothing. */
import type { ClusterRole, UserId } from '@netstore/shared-types';
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';
import { skeletonOf } from './username.ts';

export interface Person {
  readonly id: UserId;
  readonly username: string;
  readonly roles: readonly ClusterRole[];
  readonly hasSecondFactor: boolean;
  readonly createdAt: number;
  readonly lastSignInAt: number | null;
  readonly disabledAt: number | null;
}

/** By name, after the name `after`. */
export async function listPeople(
  db: Kysely<Schema>,
  { search, after, limit }: { search: string; after: string; limit: number },
): Promise<Person[]> {
  let query = selectPeople(db).where('users.username', '>', after).orderBy('users.username').limit(limit);
  // Not `like`: a name may hold an underscore, which is a wildcard there.
  if (search !== '') query = query.where(sql<number>`instr(users.username, ${search})`, '>', 0);
  return (await query.execute()).map(personOf);
}

export async function findPerson(db: Kysely<Schema>, id: UserId): Promise<Person | undefined> {
  const row = await selectPeople(db).where('users.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : personOf(row);
}

/** Whether somebody else than this user is an admin and not disabled. */
export async function hasOtherAdmin(db: Kysely<Schema>, userId: UserId): Promise<boolean> {
  const other = await selectActiveAdmins(db).where('users.id', '!=', userId).limit(1).executeTakeFirst();
  return other !== undefined;
}

export async function isActiveAdmin(db: Kysely<Schema>, userId: UserId): Promise<boolean> {
  return (await selectActiveAdmins(db).where('users.id', '=', userId).executeTakeFirst()) !== undefined;
}

export async function setRoles(db: Kysely<Schema>, userId: UserId, roles: readonly ClusterRole[]): Promise<void> {
  await db.deleteFrom('userRoles').where('userId', '=', userId).execute();
  await db
    .insertInto('userRoles')
    .values(roles.map((role) => ({ userId, role })))
    .execute();
}

export async function setDisabled(db: Kysely<Schema>, userId: UserId, disabledAt: number | null): Promise<void> {
  await db.updateTable('users').set({ disabledAt }).where('id', '=', userId).execute();
}

/** Every space that one user owns is the other one's from now on. */
export async function handOverSpaces(db: Kysely<Schema>, { from, to }: { from: UserId; to: UserId }): Promise<void> {
  await db.updateTable('spaces').set({ ownerId: to }).where('ownerId', '=', from).execute();
}

/** Everything of the user goes but the name, which is kept from others. Call inside a transaction. */
export async function deleteUser(db: Kysely<Schema>, user: { id: UserId; username: string }, retiredAt: number): Promise<void> {
  const { id: userId, username } = user;
  await db.deleteFrom('users').where('id', '=', userId).execute();
  await db
    .insertInto('retiredNames')
    .values({ skeleton: skeletonOf(username), username, userId, retiredAt })
    .execute();
}

function selectActiveAdmins(db: Kysely<Schema>) {
  return db
    .selectFrom('userRoles')
    .innerJoin('users', 'users.id', 'userRoles.userId')
    .select('users.id')
    .where('userRoles.role', '=', 'admin')
    .where('users.disabledAt', 'is', null);
}

/** Roles as one text: a page of users is one question. */
function selectPeople(db: Kysely<Schema>) {
  return db
    .selectFrom('users')
    .leftJoin('secondFactors', (join) =>
      join.onRef('secondFactors.userId', '=', 'users.id').on('secondFactors.confirmedAt', 'is not', null),
    )
    .select(['users.id', 'users.username', 'users.createdAt', 'users.lastSignInAt', 'users.disabledAt', 'secondFactors.confirmedAt'])
    .select((is) =>
      is
        .selectFrom('userRoles')
        .select(sql<string>`group_concat(role order by role)`.as('roles'))
        .whereRef('userRoles.userId', '=', 'users.id')
        .as('roles'),
    );
}

function personOf({
  roles,
  confirmedAt,
  ...row
}: Omit<Person, 'roles' | 'hasSecondFactor'> & { roles: string | null; confirmedAt: number | null }): Person {
  return { ...row, roles: (roles?.split(',') ?? []) as ClusterRole[], hasSecondFactor: confirmedAt !== null };
}

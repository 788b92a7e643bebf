/** The rows of users, their roles and their password hashes. Decides nothing. */
import { type ClusterRole, newUserId, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import { skeletonOf } from './username.ts';

export interface User {
  readonly id: UserId;
  readonly username: string;
  readonly passwordHash: string;
  readonly disabledAt: number | null;
}

export interface NewUser {
  readonly username: string;
  readonly passwordHash: string;
  readonly roles: readonly ClusterRole[];
  readonly createdAt: number;
}

export async function hasAnyUser(db: Kysely<Schema>): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}

export async function findUserByName(db: Kysely<Schema>, username: string): Promise<User | undefined> {
  return await selectUsers(db).where('username', '=', username).executeTakeFirst();
}

export async function findUser(db: Kysely<Schema>, id: UserId): Promise<User | undefined> {
  return await selectUsers(db).where('id', '=', id).executeTakeFirst();
}

/** The names of those ids that are users. */
export async function namesOfUsers(db: Kysely<Schema>, ids: readonly UserId[]): Promise<ReadonlyMap<string, string>> {
  const rows = ids.length === 0 ? [] : await db.selectFrom('users').select(['id', 'username']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, username }) => [id, username]));
}

function selectUsers(db: Kysely<Schema>) {
  return db.selectFrom('users').select(['id', 'username', 'passwordHash', 'disabledAt']);
}

/** Who has, or had, a name that looks like this one. */
export async function findLookAlike(db: Kysely<Schema>, username: string): Promise<{ username: string; isRetired: boolean } | undefined> {
  const skeleton = skeletonOf(username);
  const user = await db.selectFrom('users').select('username').where('skeleton', '=', skeleton).executeTakeFirst();
  if (user !== undefined) return { ...user, isRetired: false };
  const retired = await db.selectFrom('retiredNames').select('username').where('skeleton', '=', skeleton).executeTakeFirst();
  return retired === undefined ? undefined : { ...retired, isRetired: true };
}

/** Call inside a transaction: the user and the roles belong together. */
export async function insertUser(db: Kysely<Schema>, { username, passwordHash, roles, createdAt }: NewUser): Promise<UserId> {
  const id = newUserId();
  await db
    .insertInto('users')
    .values({ id, username, skeleton: skeletonOf(username), passwordHash, createdAt, lastSignInAt: null, disabledAt: null })
    .execute();
  await db
    .insertInto('userRoles')
    .values(roles.map((role) => ({ userId: id, role })))
    .execute();
  return id;
}

export async function rolesOf(db: Kysely<Schema>, userId: UserId): Promise<ClusterRole[]> {
  const rows = await db.selectFrom('userRoles').select('role').where('userId', '=', userId).orderBy('role').execute();
  return rows.map(({ role }) => role);
}

/** Replaces the hash only if nobody changed the password since `oldHash` was read; says whether it did. */
export async function replacePasswordHash(
  db: Kysely<Schema>,
  userId: UserId,
  { oldHash, newHash }: { oldHash: string; newHash: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ passwordHash: newHash })
    .where('id', '=', userId)
    .where('passwordHash', '=', oldHash)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whatever the password was. */
export async function setPasswordHash(db: Kysely<Schema>, userId: UserId, passwordHash: string): Promise<void> {
  await db.updateTable('users').set({ passwordHash }).where('id', '=', userId).execute();
}

/** Notes a sign-in of a user who may still do so with this hash; says whether that was so. */
export async function noteSignIn(db: Kysely<Schema>, user: { id: UserId; passwordHash: string }, at: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ lastSignInAt: at })
    .where('id', '=', user.id)
    .where('passwordHash', '=', user.passwordHash)
    .where('disabledAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

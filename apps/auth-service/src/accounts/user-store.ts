/** The rows of users, their roles and their password hashes. Decides nothing. */
import { type ClusterRole, newUserId, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

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
  return await db
    .selectFrom('users')
    .select(['id', 'username', 'passwordHash', 'disabledAt'])
    .where('username', '=', username)
    .executeTakeFirst();
}

/** Call inside a transaction: the user and the roles belong together. */
export async function insertUser(db: Kysely<Schema>, { username, passwordHash, roles, createdAt }: NewUser): Promise<UserId> {
  const id = newUserId();
  await db.insertInto('users').values({ id, username, passwordHash, createdAt, disabledAt: null }).execute();
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

/** Replaces the hash only if nobody changed the password since `oldHash` was read. */
export async function replacePasswordHash(db: Kysely<Schema>, userId: UserId, { oldHash, newHash }: { oldHash: string; newHash: string }) {
  await db.updateTable('users').set({ passwordHash: newHash }).where('id', '=', userId).where('passwordHash', '=', oldHash).execute();
}

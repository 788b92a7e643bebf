/** The rows of links for a new password. Decides nothing. */
import type { UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export interface PasswordResetRow {
  readonly userId: UserId;
  readonly username: string;
  readonly createdBy: UserId | null;
  readonly expiresAt: number;
  readonly endedAt: number | null;
}

export async function insertReset(
  db: Kysely<Schema>,
  reset: { tokenHash: string; userId: UserId; createdBy: UserId; expiresAt: number },
): Promise<void> {
  await db
    .insertInto('passwordResets')
    .values({ ...reset, endedAt: null })
    .execute();
}

export async function findReset(db: Kysely<Schema>, tokenHash: string): Promise<PasswordResetRow | undefined> {
  return await db
    .selectFrom('passwordResets')
    .innerJoin('users', 'users.id', 'passwordResets.userId')
    .select(['passwordResets.userId', 'users.username', 'passwordResets.createdBy', 'passwordResets.expiresAt', 'passwordResets.endedAt'])
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst();
}

/** All of a user: at most one is open. */
export async function endResetsOf(db: Kysely<Schema>, userId: UserId, at: number): Promise<void> {
  await db.updateTable('passwordResets').set({ endedAt: at }).where('userId', '=', userId).where('endedAt', 'is', null).execute();
}

export async function deleteResetsBefore(db: Kysely<Schema>, expiredAt: number): Promise<void> {
  await db.deleteFrom('passwordResets').where('expiresAt', '<', expiredAt).execute();
}

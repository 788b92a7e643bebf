/** The rows of second factors and recovery codes. Decides nothing. */
import type { UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export type SecondFactorRow = Readonly<Schema['secondFactors']>;

export async function findSecondFactor(db: Kysely<Schema>, userId: UserId): Promise<SecondFactorRow | undefined> {
  return await db.selectFrom('secondFactors').selectAll().where('userId', '=', userId).executeTakeFirst();
}

/** Takes the place of one that was never confirmed. */
export async function putSecondFactor(db: Kysely<Schema>, row: SecondFactorRow): Promise<void> {
  await db.replaceInto('secondFactors').values(row).execute();
}

export async function confirmSecondFactor(db: Kysely<Schema>, userId: UserId, at: number): Promise<void> {
  await db.updateTable('secondFactors').set({ confirmedAt: at }).where('userId', '=', userId).execute();
}

/** Says whether this step was not used before: of two at once, one is told so. */
export async function spendStep(db: Kysely<Schema>, userId: UserId, step: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('secondFactors')
    .set({ lastStep: step })
    .where('userId', '=', userId)
    .where('lastStep', '<', step)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Says whether there was one: the codes go with it. */
export async function deleteSecondFactor(db: Kysely<Schema>, userId: UserId): Promise<boolean> {
  await db.deleteFrom('recoveryCodes').where('userId', '=', userId).execute();
  const { numDeletedRows } = await db.deleteFrom('secondFactors').where('userId', '=', userId).executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function replaceRecoveryCodes(db: Kysely<Schema>, userId: UserId, hashes: readonly string[]): Promise<void> {
  await db.deleteFrom('recoveryCodes').where('userId', '=', userId).execute();
  await db
    .insertInto('recoveryCodes')
    .values(hashes.map((codeHash) => ({ userId, codeHash, usedAt: null })))
    .execute();
}

/** Says whether it was there and not used before. */
export async function spendRecoveryCode(db: Kysely<Schema>, userId: UserId, codeHash: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('recoveryCodes')
    .set({ usedAt: at })
    .where('userId', '=', userId)
    .where('codeHash', '=', codeHash)
    .where('usedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function countRecoveryCodes(db: Kysely<Schema>, userId: UserId): Promise<number> {
  const { count } = await db
    .selectFrom('recoveryCodes')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('userId', '=', userId)
    .where('usedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Makes a user with a home space, whichever way the user came: by set-up, by an admin, or by an invitation. */
import { NetStoreError, type UserId } from '@netstore/shared-types';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from '../schema.ts';
import { insertHomeSpace } from '../spaces/space-store.ts';
import { findLookAlike, insertUser, type NewUser } from './user-store.ts';

/** Throws `NS_ALREADY_EXISTS`. */
export async function createAccount(db: Transaction<Schema>, user: NewUser): Promise<UserId> {
  await refuseTakenName(db, user.username);
  const id = await insertUser(db, user);
  await insertHomeSpace(db, { id, username: user.username }, user.createdAt);
  return id;
}

/** Throws `NS_ALREADY_EXISTS` for a name that somebody has or had, or that can be mistaken for such a one. */
export async function refuseTakenName(db: Kysely<Schema>, username: string): Promise<void> {
  const holder = await findLookAlike(db, username);
  if (holder === undefined) return;
  const whose = holder.isRetired ? 'a deleted user' : 'somebody';
  const how = holder.username === username ? `belongs to ${whose}` : `can be mistaken for ${holder.username}, which belongs to ${whose}`;
  throw new NetStoreError('NS_ALREADY_EXISTS', `The user name ${username} ${how}: choose another one`);
}

/** Finds the users and groups that requests name. */
import { NetStoreError, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { findUserByName } from '../accounts/user-store.ts';
import { findGroup } from '../groups/group-store.ts';
import type { Schema } from '../schema.ts';
import type { SubjectId } from './grant-store.ts';

/** Throws `NS_NOT_FOUND`. */
export async function requireUser(db: Kysely<Schema>, username: string): Promise<{ readonly userId: UserId; readonly username: string }> {
  const user = await findUserByName(db, username);
  if (user === undefined) throw new NetStoreError('NS_NOT_FOUND', 'There is no user of that name');
  return { userId: user.id, username: user.username };
}

/** Throws `NS_NOT_FOUND`. */
export async function requireUserId(db: Kysely<Schema>, id: UserId): Promise<void> {
  const user = await db.selectFrom('users').select('id').where('id', '=', id).executeTakeFirst();
  if (user === undefined) throw new NetStoreError('NS_NOT_FOUND', 'There is no such user');
}

/** Throws `NS_NOT_FOUND`. */
export async function requireSubject(
  db: Kysely<Schema>,
  { kind, name }: { readonly kind: 'user' | 'group'; readonly name: string },
): Promise<SubjectId> {
  if (kind === 'user') return { userId: (await requireUser(db, name)).userId, groupId: null };
  const group = await findGroup(db, name);
  if (group === undefined) throw new NetStoreError('NS_NOT_FOUND', 'There is no group of that name');
  return { userId: null, groupId: group.id };
}

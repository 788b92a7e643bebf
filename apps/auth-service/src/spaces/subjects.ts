/**
 * Finds the users and groups that requests name, and says who may name which. Whoever gives a group a role sees who is in it, in the list of
 * those who can see something: groups are named by their members, by administrators, and where they have a role already. To everybody else
 * they are not there.
 */
import { type GroupId, NetStoreError, type SpaceId, type Subject, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { findUserByName } from '../accounts/user-store.ts';
import { findGroup, isMember } from '../groups/group-store.ts';
import type { Schema } from '../schema.ts';
import { hasGrants, type SubjectId } from './grant-store.ts';
import { isOverseer } from './oversight.ts';

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

interface Naming {
  readonly subject: Subject;
  readonly spaceId: SpaceId;
  /** Who names it. */
  readonly by: UserId;
}

/** Throws `NS_NOT_FOUND`, also for a group that is not his to name. */
export async function requireSubject(db: Kysely<Schema>, { subject: { kind, name }, spaceId, by }: Naming): Promise<SubjectId> {
  if (kind === 'user') return { userId: (await requireUser(db, name)).userId, groupId: null };
  const group = await findGroup(db, name);
  if (group === undefined || !(await mayName(db, group.id, { spaceId, by }))) {
    throw new NetStoreError('NS_NOT_FOUND', 'There is no group of that name that you may name here');
  }
  return { userId: null, groupId: group.id };
}

async function mayName(db: Kysely<Schema>, groupId: GroupId, { spaceId, by }: Omit<Naming, 'subject'>): Promise<boolean> {
  if (await isMember(db, groupId, by)) return true;
  return (await hasGrants(db, spaceId, groupId)) || (await isOverseer(db, { userId: by }, 'change'));
}

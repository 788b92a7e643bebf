/** Who can see a path, and why: the same decision that the gateway makes, for each person that a rule could concern. */
import { setImmediate as otherWork } from 'node:timers/promises';
import { type Access, type Action, decide, type PersonAccess, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Page } from '../page.ts';
import type { Schema } from '../schema.ts';
import { accessOf } from './space-access.ts';
import type { SpaceRow } from './space-store.ts';

/** Without `delete`: of people, whoever may write may do that. */
const ACTIONS: readonly Action[] = ['see', 'read', 'write', 'manage'];

export interface Person {
  readonly userId: UserId;
  readonly username: string;
}

export async function describeAccess(
  db: Kysely<Schema>,
  space: SpaceRow,
  of: { readonly person: Person; readonly path: string },
): Promise<PersonAccess> {
  const access = await accessOf(db, space, of.person.userId);
  return { username: of.person.username, ...explain(access, of.path) };
}

/** Of these people, those who may see the path. A query and a decision for each block this process: others have their turn in between. */
export async function describeViewers(
  db: Kysely<Schema>,
  space: SpaceRow,
  of: { readonly people: readonly Person[]; readonly path: string },
): Promise<PersonAccess[]> {
  const viewers: PersonAccess[] = [];
  for (const person of of.people) {
    const described = await describeAccess(db, space, { person, path: of.path });
    if (described.actions.length > 0) viewers.push(described);
    await otherWork();
  }
  return viewers;
}

/** Of the people whom some rule of the space names, by user name: the owner, those with grants, and members of groups with grants. */
export async function listConcerned(db: Kysely<Schema>, space: SpaceRow, { after, limit }: Page): Promise<Person[]> {
  const owner = db.selectFrom('spaces').select('ownerId as id').where('id', '=', space.id);
  const named = db
    .selectFrom('grants')
    .select('userId as id')
    .where('spaceId', '=', space.id)
    .where('userId', 'is not', null)
    .$narrowType<{ id: UserId }>();
  const inGroups = db
    .selectFrom('grants')
    .innerJoin('groupMembers', 'groupMembers.groupId', 'grants.groupId')
    .select('groupMembers.userId as id')
    .where('grants.spaceId', '=', space.id);
  return await db
    .selectFrom('users')
    .select(['users.id as userId', 'users.username'])
    .where('users.id', 'in', owner.union(named).union(inGroups))
    .where('users.username', '>', after)
    .orderBy('users.username')
    .limit(limit)
    .execute();
}

/** The reason is that of reading, or, where only being seen is left, of that. */
function explain(access: Access, path: string): Pick<PersonAccess, 'actions' | 'reason'> {
  const actions = ACTIONS.filter((action) => decide(access, action, path).isAllowed);
  const isSeenAlone = actions.includes('see') && !actions.includes('read');
  return { actions, reason: decide(access, isSeenAlone ? 'see' : 'read', path).reason };
}

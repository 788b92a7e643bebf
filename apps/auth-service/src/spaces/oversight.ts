/**
 * Who may look after spaces, their rules and groups. Managers look after their space; administrators after all, and auditors look on. None of
 * this opens a file: an administrator who wants in gives himself a role, and that is on record.
 */
import { type ClusterRole, decide, NetStoreError, type SpaceStanding } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { rolesOf } from '../accounts/user-store.ts';
import type { Schema } from '../schema.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { accessOf, isManager, noSuchSpace, roleIn, standingOf } from './space-access.ts';
import { findSpace, type SpaceRow } from './space-store.ts';

const LOOK: readonly ClusterRole[] = ['admin', 'auditor'];
const CHANGE: readonly ClusterRole[] = ['admin'];

/** Proven by a live session. */
type Asker = Pick<LiveSession, 'userId'>;

export type Wish = 'look' | 'change';

/** Throws `NS_FORBIDDEN` unless the cluster role of whoever asks is enough. */
export async function requireOverseer(db: Kysely<Schema>, session: Asker, wish: Wish): Promise<void> {
  if (await isOverseer(db, session, wish)) return;
  throw new NetStoreError(
    'NS_FORBIDDEN',
    wish === 'look' ? 'Only administrators and auditors see this' : 'Only administrators may do this',
  );
}

export async function isOverseer(db: Kysely<Schema>, { userId }: Asker, wish: Wish): Promise<boolean> {
  const enough = wish === 'look' ? LOOK : CHANGE;
  return (await rolesOf(db, userId)).some((role) => enough.includes(role));
}

/** The space as whoever asks may see it. */
export async function standingFor(db: Kysely<Schema>, session: Asker, space: SpaceRow, now: number): Promise<SpaceStanding> {
  const role = await roleIn(db, space, session.userId);
  return standingOf(space, { role, isOverseer: await isOverseer(db, session, 'look'), now });
}

/** The space, for who manages it or oversees all. Throws `NS_FORBIDDEN` for others who may see it, else `NS_NOT_FOUND`. */
export async function requireManager(
  db: Kysely<Schema>,
  session: Asker,
  { space: name, wish }: { space: string; wish: Wish },
): Promise<SpaceRow> {
  const space = await findSpace(db, name);
  if (await isOverseer(db, session, wish)) {
    if (space === undefined) throw noSuchSpace();
    return space;
  }
  const access = space && (await accessOf(db, space, session.userId));
  if (space === undefined || access === undefined || !decide(access, 'see', '').isAllowed) throw noSuchSpace();
  if (!isManager(access)) throw new NetStoreError('NS_FORBIDDEN', 'Only managers of the space may do this');
  return space;
}

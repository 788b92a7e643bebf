/**
 * How a shared space is deleted: it is marked, from then on nobody adds to it, and it goes when a gateway has found it empty. The row goes last,
 * because a file in a space that is not there could be reached by nobody.
 *
 * What was allowed before the mark may still be on its way: so nobody looks whether it is empty before the longest way is over. The mark has a
 * time, which says whether it is still the one that was there when somebody looked: a space that was kept in between may have got new files.
 */
import { NetStoreError, type SpaceEnding, type SpaceId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { isoTime } from '../http.ts';
import type { Schema } from '../schema.ts';
import { deleteSpace, findSpace, type SpaceRow, updateSpace } from './space-store.ts';

/** Rights are believed for 5 s, and a commit is tried for some 10 s: much longer than both, for machines that stand still for a while. */
export const ENDING_GRACE_MS = 65_000;

/** Null for a space that is not being deleted. */
export function endingOf({ endingSince }: Pick<SpaceRow, 'endingSince'>, now: number): SpaceEnding | null {
  if (endingSince === null) return null;
  // A clock that was set back makes it later, never sooner.
  const secondsLeft = Math.max(0, Math.ceil((endingSince + ENDING_GRACE_MS - now) / 1000));
  return { since: isoTime(endingSince), secondsLeft };
}

/** Throws `NS_CONFLICT` for homes. A mark that is there already stays: nothing was added since. */
export async function markEnding(db: Kysely<Schema>, space: SpaceRow, now: number): Promise<void> {
  requireShared(space);
  if (space.endingSince === null) await updateSpace(db, space.id, { endingSince: now });
}

export async function keepSpace(db: Kysely<Schema>, id: SpaceId): Promise<void> {
  await updateSpace(db, id, { endingSince: null });
}

/** Throws `NS_CONFLICT` unless the space is being deleted. */
export function requireEnding(space: SpaceRow, now: number): SpaceEnding {
  requireShared(space);
  const ending = endingOf(space, now);
  if (ending === null) throw new NetStoreError('NS_CONFLICT', 'A space is deleted in two steps: mark it as ending first');
  return ending;
}

/** Throws `NS_CONFLICT` when it is too early, or the mark is another one than that under which the space was found empty. */
export async function endSpace(db: Kysely<Schema>, name: string, found: { readonly since: string; readonly now: number }): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const space = await findSpace(transaction, name);
    if (space === undefined) throw new NetStoreError('NS_NOT_FOUND', 'The space is gone already');
    const { since, secondsLeft } = requireEnding(space, found.now);
    if (since !== found.since)
      throw new NetStoreError('NS_CONFLICT', 'The space was kept and marked again meanwhile: look again whether it is empty');
    requireOver(secondsLeft);
    await deleteSpace(transaction, space.id);
  });
}

function requireOver(secondsLeft: number): void {
  if (secondsLeft === 0) return;
  throw new NetStoreError('NS_CONFLICT', `Uploads that began before the mark may still be on their way: try again in ${secondsLeft} s`);
}

function requireShared({ kind }: SpaceRow): void {
  if (kind === 'home') throw new NetStoreError('NS_CONFLICT', 'A home space stays for as long as its user');
}

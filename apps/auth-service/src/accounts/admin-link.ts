/** What invitations and links for a new password have in common: an admin makes them, and they are good once, for a time, and while that admin is one. */
import { NetStoreError, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import { isActiveAdmin } from './people-store.ts';

/** So long it can be told that a link was used or expired, instead of only that it is wrong. */
export const DEAD_LINKS_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export interface AdminLink {
  readonly createdBy: UserId | null;
  readonly expiresAt: number;
  /** When it was used, or replaced by another. */
  readonly endedAt: number | null;
}

/** Returns the link that was found, if it is good now. `what` begins the sentence that says why not. Throws `NS_BAD_LINK`. */
export async function requireGood<Link extends AdminLink>(
  db: Kysely<Schema>,
  link: Link | undefined,
  { what, now }: { readonly what: string; readonly now: number },
): Promise<Link> {
  const refused = (why: string): NetStoreError => new NetStoreError('NS_BAD_LINK', `${what} ${why}: ask an admin for a new one`);
  if (link === undefined) throw refused('is wrong, or was revoked');
  if (link.endedAt !== null) throw refused('was used already, or replaced by another');
  if (link.expiresAt <= now) throw refused('has expired');
  if (link.createdBy === null || !(await isActiveAdmin(db, link.createdBy))) throw refused('is from somebody who is no admin any more');
  return link;
}

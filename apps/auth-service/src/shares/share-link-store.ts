/** The rows of links that share something. Decides nothing. */
import type { ShareKind, ShareLinkId, SpaceId, UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export interface ShareLinkRow {
  readonly id: ShareLinkId;
  readonly userId: UserId;
  /** Of its maker. */
  readonly username: string;
  /** When its maker was disabled. */
  readonly disabledAt: number | null;
  readonly spaceId: SpaceId;
  /** The name that the space has now. */
  readonly space: string;
  /** When the space was marked to be deleted: its links are worth nothing from then on, unless it is kept. */
  readonly spaceEndingSince: number | null;
  readonly path: string;
  readonly kind: ShareKind;
  readonly passwordHash: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly endedAt: number | null;
  readonly downloadsMax: number | null;
  readonly downloadsUsed: number;
}

export type NewShareLinkRow = Omit<
  ShareLinkRow,
  'username' | 'disabledAt' | 'space' | 'spaceEndingSince' | 'lastUsedAt' | 'endedAt' | 'downloadsUsed'
> & {
  readonly tokenHash: string;
};

export async function insertShareLink(db: Kysely<Schema>, row: NewShareLinkRow): Promise<void> {
  await db
    .insertInto('shareLinks')
    .values({ ...row, lastUsedAt: null, endedAt: null, downloadsUsed: 0 })
    .execute();
}

export async function findShareLink(db: Kysely<Schema>, id: ShareLinkId): Promise<ShareLinkRow | undefined> {
  return await selectShareLinks(db).where('shareLinks.id', '=', id).executeTakeFirst();
}

export async function findShareLinkByToken(db: Kysely<Schema>, tokenHash: string): Promise<ShareLinkRow | undefined> {
  return await selectShareLinks(db).where('shareLinks.tokenHash', '=', tokenHash).executeTakeFirst();
}

/** The latest first. */
export async function listShareLinksOf(db: Kysely<Schema>, userId: UserId): Promise<ShareLinkRow[]> {
  return await selectShareLinks(db).where('shareLinks.userId', '=', userId).orderBy('shareLinks.createdAt', 'desc').execute();
}

/** The latest first. */
export async function listShareLinksIn(db: Kysely<Schema>, spaceId: SpaceId): Promise<ShareLinkRow[]> {
  return await selectShareLinks(db).where('shareLinks.spaceId', '=', spaceId).orderBy('shareLinks.createdAt', 'desc').execute();
}

export async function noteLinkUse(db: Kysely<Schema>, id: ShareLinkId, at: number): Promise<void> {
  await db.updateTable('shareLinks').set({ lastUsedAt: at }).where('id', '=', id).execute();
}

export async function markLinkEnded(db: Kysely<Schema>, id: ShareLinkId, at: number): Promise<void> {
  await db.updateTable('shareLinks').set({ endedAt: at }).where('id', '=', id).where('endedAt', 'is', null).execute();
}

export async function deleteShareLinks(db: Kysely<Schema>, ids: readonly ShareLinkId[]): Promise<void> {
  await db.deleteFrom('shareLinks').where('id', 'in', ids).execute();
}

export async function deleteLinksDeadBefore(db: Kysely<Schema>, at: number): Promise<void> {
  await db
    .deleteFrom('shareLinks')
    .where((is) => is.or([is('endedAt', '<', at), is('expiresAt', '<', at)]))
    .execute();
}

function selectShareLinks(db: Kysely<Schema>) {
  return db
    .selectFrom('shareLinks')
    .innerJoin('users', 'users.id', 'shareLinks.userId')
    .innerJoin('spaces', 'spaces.id', 'shareLinks.spaceId')
    .select(['shareLinks.id', 'shareLinks.userId', 'users.username', 'users.disabledAt', 'shareLinks.spaceId', 'spaces.name as space'])
    .select(['shareLinks.path', 'shareLinks.kind', 'shareLinks.passwordHash', 'shareLinks.createdAt', 'shareLinks.expiresAt'])
    .select(['shareLinks.lastUsedAt', 'shareLinks.endedAt', 'shareLinks.downloadsMax', 'shareLinks.downloadsUsed'])
    .select('spaces.endingSince as spaceEndingSince');
}

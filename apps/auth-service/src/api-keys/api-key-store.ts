/** The rows of API keys. Decides nothing. */
import type { ApiKeyId, KeyVerb, SpaceId, UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export interface ApiKeyRow {
  readonly id: ApiKeyId;
  readonly userId: UserId;
  readonly username: string;
  readonly name: string;
  readonly nonce: string;
  readonly spaceId: SpaceId | null;
  /** The name of the space that it is for, if it is for one alone. */
  readonly space: string | null;
  readonly folder: string;
  readonly verbs: readonly KeyVerb[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  /** When its user was disabled. */
  readonly disabledAt: number | null;
}

export type NewApiKeyRow = Omit<ApiKeyRow, 'username' | 'space' | 'lastUsedAt' | 'disabledAt'>;

export async function insertApiKey(db: Kysely<Schema>, row: NewApiKeyRow): Promise<void> {
  await db
    .insertInto('apiKeys')
    .values({ ...row, verbs: JSON.stringify(row.verbs), lastUsedAt: null })
    .execute();
}

export async function findApiKey(db: Kysely<Schema>, id: ApiKeyId): Promise<ApiKeyRow | undefined> {
  const row = await selectApiKeys(db).where('apiKeys.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : parseVerbs(row);
}

/** The latest first. */
export async function listApiKeys(db: Kysely<Schema>, userId: UserId): Promise<ApiKeyRow[]> {
  const rows = await selectApiKeys(db)
    .where('apiKeys.userId', '=', userId)
    .orderBy('apiKeys.createdAt', 'desc')
    .orderBy('apiKeys.id')
    .execute();
  return rows.map(parseVerbs);
}

export async function noteUse(db: Kysely<Schema>, id: ApiKeyId, at: number): Promise<void> {
  await db.updateTable('apiKeys').set({ lastUsedAt: at }).where('id', '=', id).execute();
}

export async function deleteApiKey(db: Kysely<Schema>, id: ApiKeyId): Promise<void> {
  await db.deleteFrom('apiKeys').where('id', '=', id).execute();
}

export async function deleteApiKeysExpiredBefore(db: Kysely<Schema>, expiredAt: number): Promise<void> {
  await db.deleteFrom('apiKeys').where('expiresAt', '<', expiredAt).execute();
}

/** All that would still be good. Says how many. */
export async function expireApiKeys(db: Kysely<Schema>, at: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('apiKeys')
    .set({ expiresAt: at })
    .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', at)]))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

function selectApiKeys(db: Kysely<Schema>) {
  return db
    .selectFrom('apiKeys')
    .innerJoin('users', 'users.id', 'apiKeys.userId')
    .leftJoin('spaces', 'spaces.id', 'apiKeys.spaceId')
    .select(['apiKeys.id', 'apiKeys.userId', 'users.username', 'users.disabledAt', 'apiKeys.name', 'apiKeys.nonce', 'apiKeys.spaceId'])
    .select(['spaces.name as space', 'apiKeys.folder', 'apiKeys.verbs', 'apiKeys.createdAt', 'apiKeys.expiresAt', 'apiKeys.lastUsedAt']);
}

function parseVerbs<Row extends { readonly verbs: string }>(row: Row): Omit<Row, 'verbs'> & { verbs: KeyVerb[] } {
  return { ...row, verbs: JSON.parse(row.verbs) as KeyVerb[] };
}

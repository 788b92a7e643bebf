/** The rows of sessions and refresh tokens. The limits come from above as points in time; nothing is decided here. */
import type { SessionId, UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

export interface SessionRow {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly username: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly endedAt: number | null;
  readonly disabledAt: number | null;
}

/** Where a session was used from. */
export interface ClientColumns {
  readonly clientAddress: string;
  readonly clientAgent: string | null;
}

export interface OwnSessionRow extends ClientColumns {
  readonly id: SessionId;
  readonly createdAt: number;
  readonly lastUsedAt: number;
}

export interface RefreshTokenRow {
  readonly sessionId: SessionId;
  readonly replacedAt: number | null;
}

export async function insertSession(
  db: Kysely<Schema>,
  session: { id: SessionId; userId: UserId; createdAt: number } & ClientColumns,
): Promise<void> {
  await db
    .insertInto('sessions')
    .values({ ...session, lastUsedAt: session.createdAt, endedAt: null })
    .execute();
}

export async function findSession(db: Kysely<Schema>, id: SessionId): Promise<SessionRow | undefined> {
  return await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .select([
      'sessions.id',
      'sessions.userId',
      'users.username',
      'sessions.createdAt',
      'sessions.lastUsedAt',
      'sessions.endedAt',
      'users.disabledAt',
    ])
    .where('sessions.id', '=', id)
    .executeTakeFirst();
}

export async function touchSession(db: Kysely<Schema>, id: SessionId, { at, ...client }: { at: number } & ClientColumns): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ lastUsedAt: at, ...client })
    .where('id', '=', id)
    .execute();
}

export async function endSession(db: Kysely<Schema>, id: SessionId, at: number): Promise<void> {
  await db.updateTable('sessions').set({ endedAt: at }).where('id', '=', id).where('endedAt', 'is', null).execute();
}

/** All of a user, but for one where that is wished. */
export async function endSessionsOf(db: Kysely<Schema>, userId: UserId, { at, except }: { at: number; except?: SessionId }): Promise<void> {
  let query = db.updateTable('sessions').set({ endedAt: at }).where('userId', '=', userId).where('endedAt', 'is', null);
  if (except !== undefined) query = query.where('id', '!=', except);
  await query.execute();
}

/** Those that did not end, idle or grow old before these points in time, the last used first. */
export async function listSessionsOf(
  db: Kysely<Schema>,
  userId: UserId,
  since: { lastUsed: number; created: number },
): Promise<OwnSessionRow[]> {
  return await db
    .selectFrom('sessions')
    .select(['id', 'createdAt', 'lastUsedAt', 'clientAddress', 'clientAgent'])
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('lastUsedAt', '>', since.lastUsed)
    .where('createdAt', '>', since.created)
    .orderBy('lastUsedAt', 'desc')
    .orderBy('id')
    .execute();
}

/** Deletes the sessions of a user beyond the `keep` that were used last. */
export async function deleteOldestSessions(db: Kysely<Schema>, userId: UserId, keep: number): Promise<void> {
  const surplus = db
    .selectFrom('sessions')
    .select('id')
    .where('userId', '=', userId)
    .orderBy('lastUsedAt', 'desc')
    .orderBy('id')
    .limit(-1)
    .offset(keep);
  await db.deleteFrom('sessions').where('id', 'in', surplus).execute();
}

/** Deletes sessions, and their tokens with them, that ended, idled or grew old before these points in time. */
export async function deleteDeadSessions(
  db: Kysely<Schema>,
  before: { ended: number; lastUsed: number; created: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where((is) => is.or([is('endedAt', '<', before.ended), is('lastUsedAt', '<', before.lastUsed), is('createdAt', '<', before.created)]))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function insertRefreshToken(
  db: Kysely<Schema>,
  token: { tokenHash: string; sessionId: SessionId; createdAt: number },
): Promise<void> {
  await db
    .insertInto('refreshTokens')
    .values({ ...token, replacedAt: null })
    .execute();
}

export async function findRefreshToken(db: Kysely<Schema>, tokenHash: string): Promise<RefreshTokenRow | undefined> {
  return await db.selectFrom('refreshTokens').select(['sessionId', 'replacedAt']).where('tokenHash', '=', tokenHash).executeTakeFirst();
}

export async function markReplaced(db: Kysely<Schema>, tokenHash: string, at: number): Promise<void> {
  await db.updateTable('refreshTokens').set({ replacedAt: at }).where('tokenHash', '=', tokenHash).execute();
}

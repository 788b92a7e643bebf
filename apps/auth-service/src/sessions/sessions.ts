/**
 * The life of a session: begun by a sign-in, kept by exchanging refresh tokens, ended by signing out, by disuse, by age, or by
 * a refresh token that comes back after it was exchanged, which means that two parties hold it.
 */
import type { Logger } from '@netstore/service-kit';
import { type IssuedSession, NetStoreError, newSessionId, type SessionId, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import { noteSignIn } from '../accounts/user-store.ts';
import type { Clock } from '../clock.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS, type IssueAccessToken } from '../keys/access-token.ts';
import type { Schema } from '../schema.ts';
import type { Client } from './client.ts';
import { hashRefreshToken, newRefreshToken, successorOf } from './refresh-token.ts';
import {
  deleteDeadSessions,
  deleteOldestSessions,
  endSession,
  findRefreshToken,
  findSession,
  insertRefreshToken,
  insertSession,
  listSessionsOf,
  markReplaced,
  type OwnSessionRow,
  type SessionRow,
  touchSession,
} from './session-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const IDLE_MS_MAX = 14 * DAY_MS;
const AGE_MS_MAX = 60 * DAY_MS;
/** How long the token before is taken for a retry or a second tab instead of a theft. */
const GRACE_MS = 30_000;
const SESSIONS_PER_USER_MAX = 100;
/** Ended sessions stay this long, so that a stolen token is still recognised as one. */
const ENDED_KEPT_MS = DAY_MS;

/** A session that was alive when it was looked at: the only way to become one is through `Sessions`. */
export interface LiveSession {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly username: string;
}

/** A user and the hash that the password was checked against. */
export interface SignedInUser {
  readonly id: UserId;
  readonly passwordHash: string;
}

type RefreshOutcome =
  | { readonly kind: 'renewed'; readonly session: SessionRow; readonly token: string }
  | { readonly kind: 'reused'; readonly sessionId: SessionId }
  | { readonly kind: 'unknown' | 'dead' };

export class Sessions {
  readonly #db: Kysely<Schema>;
  readonly #refreshKey: Buffer;
  readonly #issueAccessToken: IssueAccessToken;
  readonly #logger: Logger;
  readonly #now: Clock;

  constructor(parts: { db: Kysely<Schema>; refreshKey: Buffer; issueAccessToken: IssueAccessToken; logger: Logger; now: Clock }) {
    this.#db = parts.db;
    this.#refreshKey = parts.refreshKey;
    this.#issueAccessToken = parts.issueAccessToken;
    this.#logger = parts.logger;
    this.#now = parts.now;
  }

  /**
   * For a user whose password was found right when it had this hash. Throws `NS_BAD_CREDENTIALS` when that has changed since, so
   * that no sign-in outlives the end of all sessions.
   */
  async begin(user: SignedInUser, client: Client): Promise<IssuedSession> {
    const userId = user.id;
    const id = newSessionId();
    const token = newRefreshToken();
    const createdAt = this.#now();
    await this.#db.transaction().execute(async (transaction) => {
      if (!(await noteSignIn(transaction, user, createdAt))) {
        throw new NetStoreError('NS_BAD_CREDENTIALS', 'The password was changed, or the account was disabled, a moment ago');
      }
      await insertSession(transaction, { id, userId, createdAt, ...columnsOf(client) });
      await insertRefreshToken(transaction, { tokenHash: hashRefreshToken(token), sessionId: id, createdAt });
      await deleteOldestSessions(transaction, userId, SESSIONS_PER_USER_MAX);
    });
    this.#logger.info({ userId, sessionId: id }, 'session begun');
    return this.#issue({ id, userId, createdAt }, token);
  }

  /** Throws `NS_UNAUTHENTICATED`. A token that was exchanged more than the grace period ago ends its session. */
  async refresh(token: string, client: Client): Promise<IssuedSession> {
    const outcome = await this.#db.transaction().execute((transaction) => this.#exchange(transaction, token, client));
    switch (outcome.kind) {
      case 'renewed':
        return this.#issue(outcome.session, outcome.token);
      case 'reused':
        this.#logger.warn({ sessionId: outcome.sessionId, clientAddress: client.address }, 'refresh token came back: session ended');
        throw unauthenticated('The refresh token was used before: its session is ended');
      case 'unknown':
      case 'dead':
        throw unauthenticated('The refresh token is not valid: sign in again');
    }
  }

  /** Ends the session that the token belongs to, if there is one. */
  async end(token: string): Promise<void> {
    const known = await findRefreshToken(this.#db, hashRefreshToken(token));
    if (known !== undefined) await endSession(this.#db, known.sessionId, this.#now());
  }

  /** The live ones of a user, the last used first. */
  async listOf(userId: UserId): Promise<OwnSessionRow[]> {
    const now = this.#now();
    return await listSessionsOf(this.#db, userId, { lastUsed: now - IDLE_MS_MAX, created: now - AGE_MS_MAX });
  }

  /** Throws `NS_NOT_FOUND` when the session is not there, has ended, or is somebody else's. */
  async endOwn(userId: UserId, id: SessionId): Promise<void> {
    const session = await findSession(this.#db, id);
    if (session?.userId !== userId || !this.#isLive(session)) throw new NetStoreError('NS_NOT_FOUND', 'There is no such session of yours');
    await endSession(this.#db, id, this.#now());
    this.#logger.info({ userId, sessionId: id }, 'session ended by its user');
  }

  /** The session if it can be used now: not ended, idle or too old, and its user not disabled. */
  async findLive(id: SessionId): Promise<LiveSession | undefined> {
    const session = await findSession(this.#db, id);
    if (session === undefined || !this.#isLive(session)) return undefined;
    return { id: session.id, userId: session.userId, username: session.username };
  }

  /** Returns how many sessions were cleared away. */
  async deleteDead(): Promise<number> {
    const now = this.#now();
    return await deleteDeadSessions(this.#db, { ended: now - ENDED_KEPT_MS, lastUsed: now - IDLE_MS_MAX, created: now - AGE_MS_MAX });
  }

  /** Returns its refusals instead of throwing them: a thrown error would take the end of a stolen session back. */
  async #exchange(db: Kysely<Schema>, token: string, client: Client): Promise<RefreshOutcome> {
    const now = this.#now();
    const tokenHash = hashRefreshToken(token);
    const known = await findRefreshToken(db, tokenHash);
    if (known === undefined) return { kind: 'unknown' };
    const session = await findSession(db, known.sessionId);
    if (session === undefined || !this.#isLive(session)) return { kind: 'dead' };
    const successor = successorOf(token, this.#refreshKey);
    if (known.replacedAt === null) {
      await markReplaced(db, tokenHash, now);
      await insertRefreshToken(db, { tokenHash: hashRefreshToken(successor), sessionId: session.id, createdAt: now });
      await touchSession(db, session.id, { at: now, ...columnsOf(client) });
    } else if (now - known.replacedAt > GRACE_MS) {
      await endSession(db, session.id, now);
      return { kind: 'reused', sessionId: session.id };
    }
    return { kind: 'renewed', session, token: successor };
  }

  #isLive({ endedAt, disabledAt, lastUsedAt, createdAt }: SessionRow): boolean {
    const now = this.#now();
    return endedAt === null && disabledAt === null && now - lastUsedAt < IDLE_MS_MAX && now - createdAt < AGE_MS_MAX;
  }

  #issue(session: { id: SessionId; userId: UserId; createdAt: number }, refreshToken: string): IssuedSession {
    const ageLeftMs = session.createdAt + AGE_MS_MAX - this.#now();
    return {
      accessToken: this.#issueAccessToken({ sub: session.userId, sid: session.id }),
      expiresInSeconds: ACCESS_TOKEN_LIFETIME_SECONDS,
      refreshToken,
      refreshExpiresInSeconds: Math.floor(Math.min(IDLE_MS_MAX, ageLeftMs) / 1000),
    };
  }
}

function columnsOf({ address, agent }: Client): { clientAddress: string; clientAgent: string | null } {
  return { clientAddress: address, clientAgent: agent };
}

function unauthenticated(message: string): NetStoreError {
  return new NetStoreError('NS_UNAUTHENTICATED', message);
}

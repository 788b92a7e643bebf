/**
 * A new password for whoever forgot the old one: an admin makes a link, which works once and for 24 h, and only while that admin is
 * one. It ends all sessions, since somebody else may have had the old password. A second factor stays: a link is no proof of it.
 */
import type { Logger } from '@netstore/service-kit';
import { type AcceptPasswordResetRequest, NetStoreError, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import { hashOneTimeToken, newOneTimeToken } from '../keys/one-time-token.ts';
import type { Schema } from '../schema.ts';
import type { Attempts } from '../sessions/attempts.ts';
import { endSessionsOf } from '../sessions/session-store.ts';
import { DEAD_LINKS_KEPT_MS, requireGood } from './admin-link.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { checkNewPassword } from './password-policy.ts';
import { deleteResetsBefore, endResetsOf, findReset, insertReset, type PasswordResetRow } from './password-reset-store.ts';
import { findUser, setPasswordHash } from './user-store.ts';

const LIFETIME_MS = 24 * 60 * 60 * 1000;

interface Parts {
  readonly db: Kysely<Schema>;
  readonly hasher: PasswordHasher;
  readonly attempts: Attempts;
  readonly logger: Logger;
  readonly now: Clock;
}

export class PasswordResets {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The link before it, if there is one, is worth nothing from then on. Throws `NS_NOT_FOUND`, or `NS_CONFLICT` for a disabled user. */
  async offer(by: UserId, userId: UserId): Promise<{ token: string; expiresAt: number }> {
    const { db, logger, now } = this.#parts;
    const token = newOneTimeToken();
    const expiresAt = now() + LIFETIME_MS;
    await db.transaction().execute(async (transaction) => {
      const user = await findUser(transaction, userId);
      if (user === undefined) throw new NetStoreError('NS_NOT_FOUND', 'There is no such user');
      if (user.disabledAt !== null) throw new NetStoreError('NS_CONFLICT', 'The user is disabled: enable the account first');
      await endResetsOf(transaction, userId, now());
      await insertReset(transaction, { tokenHash: hashOneTimeToken(token), userId, createdBy: by, expiresAt });
    });
    logger.info({ by, userId }, 'link for a new password made');
    return { token, expiresAt };
  }

  /** Throws `NS_BAD_LINK` or `NS_TOO_MANY_ATTEMPTS`. */
  async lookUp(token: string, clientAddress: string): Promise<PasswordResetRow> {
    const { attempts, db } = this.#parts;
    return await attempts.prove({ account: `password reset ${hashOneTimeToken(token)}`, clientAddress }, () => this.#mustFind(db, token));
  }

  /**
   * Resolves to whose password it is. Throws `NS_BAD_LINK`, `NS_TOO_MANY_ATTEMPTS`, `NS_WEAK_PASSWORD` or `NS_BUSY`; the link can be used
   * again after the last two.
   */
  async accept({ token, password }: AcceptPasswordResetRequest, clientAddress: string): Promise<UserId> {
    const { db, hasher, logger, now } = this.#parts;
    const { userId, username } = await this.lookUp(token, clientAddress);
    await checkNewPassword(password, username);
    const passwordHash = await hasher.hash(password);
    await db.transaction().execute(async (transaction) => {
      // Again: of two who open the same link at once, one wins.
      await this.#mustFind(transaction, token);
      await setPasswordHash(transaction, userId, passwordHash);
      await endResetsOf(transaction, userId, now());
      await endSessionsOf(transaction, userId, { at: now() });
    });
    logger.info({ userId }, 'new password by link');
    return userId;
  }

  async deleteDead(): Promise<void> {
    await deleteResetsBefore(this.#parts.db, this.#parts.now() - DEAD_LINKS_KEPT_MS);
  }

  async #mustFind(db: Kysely<Schema>, token: string): Promise<PasswordResetRow> {
    const found = await findReset(db, hashOneTimeToken(token));
    return await requireGood(db, found, { what: 'The link for a new password', now: this.#parts.now() });
  }
}

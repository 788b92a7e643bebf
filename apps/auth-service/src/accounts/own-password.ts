/** One's own password: proving it before something that a stolen session must not do, and changing it. */
import type { Logger } from '@netstore/service-kit';
import { type ChangePasswordRequest, NetStoreError } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import type { Attempts } from '../sessions/attempts.ts';
import { endSessionsOf } from '../sessions/session-store.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { checkNewPassword } from './password-policy.ts';
import { endResetsOf } from './password-reset-store.ts';
import { findUser, replacePasswordHash } from './user-store.ts';

interface Parts {
  readonly db: Kysely<Schema>;
  readonly hasher: PasswordHasher;
  readonly attempts: Attempts;
  readonly logger: Logger;
  readonly now: Clock;
}

export class OwnPassword {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Runs `then` when the password is right, under the same throttle as signing in; a wrong code that `then` finds counts like a
   * wrong password. Throws `NS_BAD_CREDENTIALS`, `NS_TOO_MANY_ATTEMPTS`, `NS_BUSY` or what `then` throws.
   */
  async prove<Result>(
    { userId, username }: LiveSession,
    { password, clientAddress }: { password: string; clientAddress: string },
    then: (passwordHash: string) => Promise<Result>,
  ): Promise<Result> {
    const { attempts, db, hasher } = this.#parts;
    return await attempts.prove({ account: username, clientAddress }, async () => {
      const user = await findUser(db, userId);
      if (user === undefined || !(await hasher.matches(password, user.passwordHash))) {
        throw new NetStoreError('NS_BAD_CREDENTIALS', 'The present password is wrong');
      }
      return await then(user.passwordHash);
    });
  }

  /** Ends all other sessions and the links for a new password. Throws `NS_WEAK_PASSWORD` or `NS_CONFLICT` besides. */
  async change(session: LiveSession, request: ChangePasswordRequest, clientAddress: string): Promise<void> {
    const { db, hasher, logger, now } = this.#parts;
    const { userId, username, id } = session;
    await this.prove(session, { password: request.oldPassword, clientAddress }, async (oldHash) => {
      await checkNewPassword(request.newPassword, username);
      const newHash = await hasher.hash(request.newPassword);
      await db.transaction().execute(async (transaction) => {
        if (!(await replacePasswordHash(transaction, userId, { oldHash, newHash }))) {
          throw new NetStoreError('NS_CONFLICT', 'The password was changed by somebody else a moment ago');
        }
        await endSessionsOf(transaction, userId, { at: now(), except: id });
        await endResetsOf(transaction, userId, now());
      });
    });
    logger.info({ userId }, 'password changed');
  }
}

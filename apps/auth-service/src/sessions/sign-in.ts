/**
 * Decides whether a name and a password belong together. A wrong password, an unknown user and a disabled user get the same
 * answer after the same work.
 */
import { NetStoreError, type UserId } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { PasswordHasher } from '../accounts/password-hasher.ts';
import { findUserByName, replacePasswordHash, type User } from '../accounts/user-store.ts';
import type { Schema } from '../schema.ts';
import type { Attempts } from './attempts.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export class SignIn {
  readonly #db: Kysely<Schema>;
  readonly #hasher: PasswordHasher;
  readonly #attempts: Attempts;

  constructor(parts: { db: Kysely<Schema>; hasher: PasswordHasher; attempts: Attempts }) {
    this.#db = parts.db;
    this.#hasher = parts.hasher;
    this.#attempts = parts.attempts;
  }

  /** Throws `NS_BAD_CREDENTIALS`, `NS_TOO_MANY_ATTEMPTS` or `NS_BUSY`. */
  async verify(credentials: Credentials, clientAddress: string): Promise<UserId> {
    // Phones begin names with a capital; user names are lower case.
    const username = credentials.username.normalize('NFC').toLowerCase();
    const user = await this.#attempts.guard({ account: username, clientAddress }, () => this.#match(username, credentials.password));
    if (user === undefined) throw new NetStoreError('NS_BAD_CREDENTIALS', 'The user name or the password is wrong');
    await this.#rehashIfOutdated(user, credentials.password);
    return user.id;
  }

  async #match(username: string, password: string): Promise<User | undefined> {
    const user = await findUserByName(this.#db, username);
    const isMatch = await this.#hasher.matches(password, user?.passwordHash);
    return isMatch && user?.disabledAt === null ? user : undefined;
  }

  async #rehashIfOutdated(user: User, password: string): Promise<void> {
    if (!this.#hasher.isOutdated(user.passwordHash)) return;
    try {
      const newHash = await this.#hasher.hash(password);
      await replacePasswordHash(this.#db, user.id, { oldHash: user.passwordHash, newHash });
    } catch (error) {
      // The password was right. A stronger hash can wait for a quieter sign-in.
      if (!(error instanceof NetStoreError && error.code === 'NS_BUSY')) throw error;
    }
  }
}

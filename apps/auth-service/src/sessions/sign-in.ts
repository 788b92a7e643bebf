/**
 * Decides whether a name and a password belong together. A wrong password, an unknown user and a disabled user get the same
 * answer after the same work; that a code is needed besides is told only to those who know the password.
 */
import { NetStoreError } from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { PasswordHasher } from '../accounts/password-hasher.ts';
import { findUserByName, replacePasswordHash, type User } from '../accounts/user-store.ts';
import { foldUsername } from '../accounts/username.ts';
import type { Schema } from '../schema.ts';
import type { SecondFactors } from '../second-factor/second-factors.ts';
import type { Attempts } from './attempts.ts';
import type { SignedInUser } from './sessions.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly code?: string;
}

export class SignIn {
  readonly #db: Kysely<Schema>;
  readonly #hasher: PasswordHasher;
  readonly #attempts: Attempts;
  readonly #secondFactors: SecondFactors;

  constructor(parts: { db: Kysely<Schema>; hasher: PasswordHasher; attempts: Attempts; secondFactors: SecondFactors }) {
    this.#db = parts.db;
    this.#hasher = parts.hasher;
    this.#attempts = parts.attempts;
    this.#secondFactors = parts.secondFactors;
  }

  /** Throws `NS_BAD_CREDENTIALS`, `NS_SECOND_FACTOR_REQUIRED`, `NS_BAD_SECOND_FACTOR`, `NS_TOO_MANY_ATTEMPTS` or `NS_BUSY`. */
  async verify({ username: typed, password, code }: Credentials, clientAddress: string): Promise<SignedInUser> {
    const username = foldUsername(typed);
    const user = await this.#attempts.prove({ account: username, clientAddress }, async () => {
      const found = await this.#match(username, password);
      if (found === undefined) throw new NetStoreError('NS_BAD_CREDENTIALS', 'The user name or the password is wrong');
      await this.#secondFactors.check(found.id, code);
      return found;
    });
    return { id: user.id, passwordHash: await this.#rehashIfOutdated(user, password) };
  }

  async #match(username: string, password: string): Promise<User | undefined> {
    const user = await findUserByName(this.#db, username);
    const isMatch = await this.#hasher.matches(password, user?.passwordHash);
    return isMatch && user?.disabledAt === null ? user : undefined;
  }

  /** The hash that the password has from now on. */
  async #rehashIfOutdated({ id, passwordHash: oldHash }: User, password: string): Promise<string> {
    if (!this.#hasher.isOutdated(oldHash)) return oldHash;
    try {
      const newHash = await this.#hasher.hash(password);
      return (await replacePasswordHash(this.#db, id, { oldHash, newHash })) ? newHash : oldHash;
    } catch (error) {
      // The password was right. A stronger hash can wait for a quieter sign-in.
      if (!(error instanceof NetStoreError && error.code === 'NS_BUSY')) throw error;
      return oldHash;
    }
  }
}

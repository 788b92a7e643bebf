/** Creates the first user, who is an administrator: through the set-up token, or from the configuration of a new installation. */
import { NetStoreError } from '@netstore/shared-types';
import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import type { SignedInUser } from '../sessions/sessions.ts';
import { createAccount } from './create-account.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { checkNewPassword } from './password-policy.ts';
import type { SetupToken } from './setup-token.ts';
import { hasAnyUser } from './user-store.ts';

export interface FirstAdmin {
  readonly username: string;
  readonly password: string;
}

export class FirstAdminSetup {
  readonly #db: Kysely<Schema>;
  readonly #hasher: PasswordHasher;
  readonly #token: SetupToken;
  readonly #now: Clock;

  constructor(parts: { db: Kysely<Schema>; hasher: PasswordHasher; token: SetupToken; now: Clock }) {
    this.#db = parts.db;
    this.#hasher = parts.hasher;
    this.#token = parts.token;
    this.#now = parts.now;
  }

  async isNeeded(): Promise<boolean> {
    return !(await hasAnyUser(this.#db));
  }

  /**
   * At every start: creates the configured administrator or renews the set-up token when there is no user yet, and clears the
   * token's file away when there is one. Returns the file that holds the token, if set-up by a person is needed.
   */
  async prepare(configured: FirstAdmin | undefined): Promise<string | undefined> {
    if (await this.isNeeded()) {
      if (configured === undefined) return await this.#token.renew(this.#db);
      await checkNewPassword(configured.password, configured.username);
      await this.#create(configured, refuseSecond);
    }
    await this.#token.removeFile();
    return undefined;
  }

  /**
   * Throws `NS_ALREADY_SET_UP`, `NS_BAD_SETUP_TOKEN`, `NS_WEAK_PASSWORD` or `NS_BUSY`; nothing has happened then, and the token
   * can be used again unless another set-up won.
   */
  async complete(token: string, admin: FirstAdmin): Promise<SignedInUser> {
    const checkToken = async (db: Kysely<Schema>): Promise<void> => {
      await refuseSecond(db);
      if (!(await this.#token.isValid(db, token))) {
        throw new NetStoreError('NS_BAD_SETUP_TOKEN', 'The set-up token is wrong or older than one hour: a restart makes a new one');
      }
    };
    // Before the password is looked at, so that only the holder of the token can make this service hash.
    await checkToken(this.#db);
    await checkNewPassword(admin.password, admin.username);
    const user = await this.#create(admin, checkToken);
    await this.#token.removeFile();
    return user;
  }

  /** `checkAgain` runs inside the transaction: of two set-ups at once, one wins. */
  async #create(admin: FirstAdmin, checkAgain: (db: Transaction<Schema>) => Promise<void>): Promise<SignedInUser> {
    const passwordHash = await this.#hasher.hash(admin.password);
    return await this.#db.transaction().execute(async (transaction) => {
      await checkAgain(transaction);
      const id = await createAccount(transaction, {
        username: admin.username,
        passwordHash,
        roles: ['admin', 'member'],
        createdAt: this.#now(),
      });
      await this.#token.forget(transaction);
      return { id, passwordHash };
    });
  }
}

async function refuseSecond(db: Kysely<Schema>): Promise<void> {
  if (await hasAnyUser(db)) throw new NetStoreError('NS_ALREADY_SET_UP', 'The first administrator exists already');
}

/**
 * Looking after users. There is always an admin who is not disabled: every change is decided and made in one transaction, and
 * transactions come one after the other, so that two changes at once cannot take away the last two.
 */
import type { Logger } from '@netstore/service-kit';
import {
  type ChangeUserRequest,
  type ClusterRole,
  type CreateUserRequest,
  NetStoreError,
  parseUserId,
  type UserId,
} from '@netstore/shared-types';
import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import { endSessionsOf } from '../sessions/session-store.ts';
import { requireQuotaFits } from '../spaces/quota-rules.ts';
import { createAccount, refuseTakenName } from './create-account.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { checkNewPassword } from './password-policy.ts';
import { endResetsOf } from './password-reset-store.ts';
import { deleteUser, findPerson, handOverSpaces, hasOtherAdmin, listPeople, type Person, setDisabled, setRoles } from './people-store.ts';
import { foldUsername } from './username.ts';

const PAGE_DEFAULT = 50;

export interface PeopleQuestion {
  readonly search?: string;
  /** The last name of the page before. */
  readonly after?: string;
  readonly limit?: number;
}

interface Parts {
  readonly db: Kysely<Schema>;
  readonly hasher: PasswordHasher;
  readonly logger: Logger;
  readonly now: Clock;
}

export class People {
  readonly #db: Kysely<Schema>;
  readonly #hasher: PasswordHasher;
  readonly #logger: Logger;
  readonly #now: Clock;

  constructor({ db, hasher, logger, now }: Parts) {
    this.#db = db;
    this.#hasher = hasher;
    this.#logger = logger;
    this.#now = now;
  }

  /** One page by name, and the name to go on after, if there are more. */
  async list({ search = '', after = '', limit = PAGE_DEFAULT }: PeopleQuestion): Promise<{ people: Person[]; next: string | null }> {
    const found = await listPeople(this.#db, { search: foldUsername(search), after, limit: limit + 1 });
    const people = found.slice(0, limit);
    return { people, next: found.length > limit ? (people.at(-1)?.username ?? null) : null };
  }

  /** Throws `NS_NOT_FOUND`. */
  async find(id: UserId): Promise<Person> {
    return await mustFind(this.#db, id);
  }

  /** Throws `NS_ALREADY_EXISTS`, `NS_WEAK_PASSWORD` or `NS_BUSY`. */
  async create(by: UserId, { username, password, roles }: CreateUserRequest): Promise<Person> {
    await refuseTakenName(this.#db, username);
    await checkNewPassword(password, username);
    const passwordHash = await this.#hasher.hash(password);
    const person = await this.#db.transaction().execute(async (transaction) => {
      const id = await createAccount(transaction, { username, passwordHash, roles, createdAt: this.#now() });
      return await mustFind(transaction, id);
    });
    this.#logger.info({ by, userId: person.id, roles }, 'user created');
    return person;
  }

  /** Whoever is disabled loses all sessions and links in the same step. Throws `NS_NOT_FOUND` or `NS_LAST_ADMIN`. */
  async change(by: UserId, id: UserId, { roles, isDisabled }: ChangeUserRequest): Promise<Person> {
    const person = await this.#db.transaction().execute(async (transaction) => {
      const before = await mustFind(transaction, id);
      const losesAdmin = roles?.includes('admin') === false || isDisabled === true;
      if (losesAdmin) await refuseLastAdmin(transaction, before);
      if (roles !== undefined) await setRoles(transaction, id, roles);
      if (isDisabled === true) await this.#disable(transaction, before);
      if (isDisabled === false) await setDisabled(transaction, id, null);
      return await mustFind(transaction, id);
    });
    this.#logger.info({ by, userId: id, roles, isDisabled }, 'user changed');
    return person;
  }

  /**
   * The spaces go to `reassignTo`, and the name to nobody. Throws `NS_NOT_FOUND`, `NS_LAST_ADMIN`, or `NS_CONFLICT` when the new
   * owner cannot be one.
   */
  async remove(by: UserId, id: UserId, reassignTo: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const person = await mustFind(transaction, id);
      await refuseLastAdmin(transaction, person);
      const heir = await findPerson(transaction, parseUserId(reassignTo));
      if (heir === undefined || heir.id === id || heir.disabledAt !== null) {
        throw new NetStoreError('NS_CONFLICT', 'The spaces need another owner: expected another user, who is not disabled');
      }
      await handOverSpaces(transaction, { from: id, to: heir.id });
      await requireQuotaFits(transaction, heir.id);
      await deleteUser(transaction, person, this.#now());
    });
    this.#logger.info({ by, userId: id, reassignTo }, 'user deleted');
  }

  async #disable(db: Transaction<Schema>, { id, disabledAt }: Person): Promise<void> {
    const now = this.#now();
    if (disabledAt === null) await setDisabled(db, id, now);
    await endSessionsOf(db, id, { at: now });
    await endResetsOf(db, id, now);
  }
}

/** Call inside the transaction that takes the role, the account, or the use of it away. */
async function refuseLastAdmin(db: Transaction<Schema>, { id, roles, disabledAt }: Person): Promise<void> {
  const admin: ClusterRole = 'admin';
  if (!roles.includes(admin) || disabledAt !== null || (await hasOtherAdmin(db, id))) return;
  throw new NetStoreError('NS_LAST_ADMIN', 'This is the last admin who is not disabled: make somebody else an admin first');
}

async function mustFind(db: Kysely<Schema>, id: UserId): Promise<Person> {
  const person = await findPerson(db, id);
  if (person === undefined) throw new NetStoreError('NS_NOT_FOUND', 'There is no such user');
  return person;
}

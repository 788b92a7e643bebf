/**
 * API keys: made by a user for programs, worth what its user may do now within what it was made for, until it expires or is ended. Its secret is
 * said once.
 */
import type { Logger } from '@netstore/service-kit';
import {
  API_KEYS_PER_USER_MAX,
  type ApiKeyId,
  formatApiKey,
  type KeyCheck,
  NetStoreError,
  type NewApiKey,
  newApiKeyId,
  parseApiKeyId,
  parseFolderPath,
  type SpaceAccess,
  type SpaceId,
  type UserId,
} from '@netstore/shared-types';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import { noSuchSpace, roleIn, spaceAccessOf } from '../spaces/space-access.ts';
import { findSpace } from '../spaces/space-store.ts';
import { type ApiKeySecrets, newNonce } from './api-key-secrets.ts';
import {
  type ApiKeyRow,
  deleteApiKey,
  deleteApiKeysExpiredBefore,
  findApiKey,
  insertApiKey,
  listApiKeys,
  noteUse,
} from './api-key-store.ts';

/** A busy program would otherwise cost a write every few seconds. */
const USE_NOTED_EVERY_MS = 60_000;
/** Expired keys stay in the list this long, so that whoever wonders finds out why a program is refused. */
const EXPIRED_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

interface Parts {
  readonly db: Kysely<Schema>;
  readonly secrets: ApiKeySecrets;
  readonly logger: Logger;
  readonly now: Clock;
}

export type AskedApiKey = Omit<NewApiKey, 'password'>;

export class ApiKeys {
  readonly #db: Kysely<Schema>;
  readonly #secrets: ApiKeySecrets;
  readonly #logger: Logger;
  readonly #now: Clock;

  constructor({ db, secrets, logger, now }: Parts) {
    this.#db = db;
    this.#secrets = secrets;
    this.#logger = logger;
    this.#now = now;
  }

  /**
   * The key, and its text, which nobody gets to see again. Throws `NS_NOT_FOUND` for a space that the user has nothing in, `NS_ALREADY_EXISTS`
   * for a name that another key of his has, `NS_CONFLICT` when he has too many.
   */
  async create(userId: UserId, asked: AskedApiKey): Promise<{ key: ApiKeyRow; text: string }> {
    const { name, verbs, space: spaceName, expiresInSeconds } = asked;
    const folder = parseFolderPath(asked.folder ?? '');
    if (spaceName === undefined && folder !== '') throw new NetStoreError('NS_BAD_REQUEST', 'A folder is in a space: name the space');
    const seed = { id: newApiKeyId(), nonce: newNonce() };
    const createdAt = this.#now();
    const expiresAt = expiresInSeconds === undefined ? null : createdAt + expiresInSeconds * 1000;
    const key = await this.#db.transaction().execute(async (transaction) => {
      await refuseSurplus(transaction, userId, name);
      const spaceId = spaceName === undefined ? null : await requireOwnSpace(transaction, userId, spaceName);
      await insertApiKey(transaction, { ...seed, userId, name, spaceId, folder, verbs, createdAt, expiresAt });
      return await findApiKey(transaction, seed.id);
    });
    if (key === undefined) throw new NetStoreError('NS_INTERNAL', 'A key that was just written is not there');
    this.#logger.info({ userId, keyId: key.id, verbs, expiresAt }, 'API key made');
    return { key, text: formatApiKey({ id: key.id, secret: this.#secrets.secretOf(seed) }) };
  }

  /** The latest first, those that expired a while ago included. */
  async listOf(userId: UserId): Promise<ApiKeyRow[]> {
    return await listApiKeys(this.#db, userId);
  }

  isExpired({ expiresAt }: ApiKeyRow): boolean {
    return expiresAt !== null && expiresAt <= this.#now();
  }

  /** Says whose it was. `owner`: whose it has to be. Throws `NS_NOT_FOUND`. */
  async end(by: UserId, id: ApiKeyId, { owner }: { readonly owner?: UserId } = {}): Promise<UserId> {
    const key = await findApiKey(this.#db, id);
    if (key === undefined || (owner !== undefined && key.userId !== owner)) throw new NetStoreError('NS_NOT_FOUND', 'There is no such key');
    await deleteApiKey(this.#db, id);
    this.#logger.info({ by, userId: key.userId, keyId: id }, 'API key ended');
    return key.userId;
  }

  /** Whom a key that was presented speaks for. Throws `NS_UNAUTHENTICATED`, in the same words whatever is wrong with it. */
  async check(presented: KeyCheck): Promise<UserId> {
    const id = parseApiKeyId(presented.id);
    const key = await findApiKey(this.#db, id);
    const isRight = this.#secrets.isRight({ id, nonce: key?.nonce }, presented.secret);
    if (key === undefined || !isRight || !this.#isLive(key)) throw new NetStoreError('NS_UNAUTHENTICATED', 'The API key is not valid');
    const now = this.#now();
    if (key.lastUsedAt === null || now - key.lastUsedAt >= USE_NOTED_EVERY_MS) await noteUse(this.#db, id, now);
    return key.userId;
  }

  /** What its user has in a space, and what the key leaves of it. Throws `NS_NOT_FOUND`, also for a space that it is not for. */
  async accessOf(id: ApiKeyId, spaceName: string): Promise<SpaceAccess> {
    const key = await findApiKey(this.#db, id);
    if (key === undefined || !this.#isLive(key)) throw noSuchSpace();
    const access = await spaceAccessOf(this.#db, key, spaceName);
    if (key.spaceId !== null && access.space.id !== key.spaceId) throw noSuchSpace();
    return { ...access, cuts: [...access.cuts, { path: key.folder, actions: [...key.verbs] }] };
  }

  async deleteDead(): Promise<void> {
    await deleteApiKeysExpiredBefore(this.#db, this.#now() - EXPIRED_KEPT_MS);
  }

  #isLive(key: ApiKeyRow): boolean {
    return key.disabledAt === null && !this.isExpired(key);
  }
}

async function refuseSurplus(db: Kysely<Schema>, userId: UserId, name: string): Promise<void> {
  const keys = await listApiKeys(db, userId);
  if (keys.some((key) => key.name === name)) throw new NetStoreError('NS_ALREADY_EXISTS', 'A key of yours has that name already');
  if (keys.length < API_KEYS_PER_USER_MAX) return;
  throw new NetStoreError('NS_CONFLICT', `A user may have ${API_KEYS_PER_USER_MAX} keys: end one that is not needed any more`);
}

async function requireOwnSpace(db: Kysely<Schema>, userId: UserId, name: string): Promise<SpaceId> {
  const space = await findSpace(db, name);
  if (space === undefined || (await roleIn(db, space, userId)) === null) throw noSuchSpace();
  return space.id;
}

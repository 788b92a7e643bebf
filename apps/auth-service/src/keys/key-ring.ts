/**
 * The signing keys of this service: loaded from the database, kept in memory, rotated by the schedule. Everything that signs or
 * verifies asks here at the moment it does so.
 */
import { createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../schema.ts';
import { scheduleKeys } from './key-schedule.ts';

export type SigningKey = Readonly<Schema['signingKeys']>;

/** A member of a JSON Web Key Set (RFC 7517, RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly use: 'sig';
  readonly alg: 'EdDSA';
  readonly kid: string;
  readonly x: string;
}

export class KeyRing {
  readonly #db: Kysely<Schema>;
  readonly #now: Clock;
  #keys: readonly SigningKey[] = [];

  private constructor(db: Kysely<Schema>, now: Clock) {
    this.#db = db;
    this.#now = now;
  }

  static async load(db: Kysely<Schema>, now: Clock): Promise<KeyRing> {
    const ring = new KeyRing(db, now);
    await ring.rotate();
    return ring;
  }

  /** Makes a new key and forgets old ones when it is time. Call it every few minutes; most calls change nothing. */
  async rotate(): Promise<void> {
    const now = this.#now();
    const { isNewNeeded } = scheduleKeys(await this.#read(), now);
    if (isNewNeeded)
      await this.#db
        .insertInto('signingKeys')
        .values(await newKey(now))
        .execute();
    const keys = await this.#read();
    const { expired } = scheduleKeys(keys, now);
    for (const { kid } of expired) await this.#db.deleteFrom('signingKeys').where('kid', '=', kid).execute();
    this.#keys = keys.filter((key) => !expired.includes(key));
  }

  signingKey(): SigningKey {
    const { signing } = scheduleKeys(this.#keys, this.#now());
    if (signing === undefined) throw new Error('Key ring is empty: expected load() to have made a key');
    return signing;
  }

  find(kid: string): SigningKey | undefined {
    return this.#keys.find((key) => key.kid === kid);
  }

  publicKeys(): PublicJwk[] {
    return this.#keys.map(({ kid, publicKeyPem }) => {
      const { x = '' } = createPublicKey(publicKeyPem).export({ format: 'jwk' });
      return { kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA', kid, x };
    });
  }

  async #read(): Promise<SigningKey[]> {
    return await this.#db.selectFrom('signingKeys').selectAll().orderBy('createdAt').orderBy('kid').execute();
  }
}

async function newKey(createdAt: number): Promise<SigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { kid: crypto.randomUUID(), publicKeyPem: publicKey, privateKeyPem: privateKey, createdAt };
}

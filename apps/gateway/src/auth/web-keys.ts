/**
 * The public keys that access tokens are signed with, as the auth service publishes them. Keys are fetched when they are
 * first needed and again when a token names one that is not known, but then at most once per 30 s: whoever invents key ids
 * must not turn the gateway against the auth service.
 */
import { createPublicKey } from 'node:crypto';
import { NetStoreError } from '@netstore/shared-types';
import { Type } from 'typebox';
import { Check } from 'typebox/value';

const REFETCH_AFTER_MS = 30_000;
const KEYS_MAX = 16;

const Ed25519Key = Type.Object({
  kty: Type.Literal('OKP'),
  crv: Type.Literal('Ed25519'),
  kid: Type.String({ minLength: 1, maxLength: 256 }),
  x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
});
const KeySet = Type.Object({ keys: Type.Array(Type.Unknown(), { maxItems: KEYS_MAX }) });

export interface WebKeysOptions {
  /** Fetches the key set; rejects with `NS_UNAVAILABLE` when nobody answers. */
  readonly fetchKeys: () => Promise<unknown>;
  readonly now?: () => number;
}

export class WebKeys {
  readonly #fetchKeys: () => Promise<unknown>;
  readonly #now: () => number;
  #pemByKeyId: ReadonlyMap<string, string> = new Map();
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  constructor({ fetchKeys, now = Date.now }: WebKeysOptions) {
    this.#fetchKeys = fetchKeys;
    this.#now = now;
  }

  /** The key as PEM. Throws `NS_UNAUTHENTICATED` for an unknown one, `NS_UNAVAILABLE` while no key could ever be fetched. */
  async pem(keyId: string): Promise<string> {
    if (!this.#pemByKeyId.has(keyId)) await this.#refresh();
    const pem = this.#pemByKeyId.get(keyId);
    if (pem === undefined) throw new NetStoreError('NS_UNAUTHENTICATED', 'The access token is signed with an unknown key');
    return pem;
  }

  async #refresh(): Promise<void> {
    if (this.#now() - this.#fetchedAtMs < REFETCH_AFTER_MS) return;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    await this.#fetching;
  }

  /** A failed fetch is not counted: the next token tries again, and callers learn that nobody answered. */
  async #fetch(): Promise<void> {
    const keySet = await this.#fetchKeys();
    if (!Check(KeySet, keySet)) throw new NetStoreError('NS_UNAVAILABLE', 'The auth service sent no key set');
    const usable = keySet.keys.filter((key) => Check(Ed25519Key, key));
    this.#pemByKeyId = new Map(usable.map((key) => [key.kid, pemOf(key)]));
    this.#fetchedAtMs = this.#now();
  }
}

function pemOf({ kty, crv, x }: Type.Static<typeof Ed25519Key>): string {
  return createPublicKey({ key: { kty, crv, x }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

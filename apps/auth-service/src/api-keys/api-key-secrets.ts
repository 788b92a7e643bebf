/**
 * The secrets of API keys, computed instead of stored:
 *
 *   secret = HKDF-SHA-256(key = the file, salt = the key's nonce, info = "netstore api key" | id, 32 bytes)
 *
 * So the database alone gives none of them away, and neither does the file alone, while a protocol that computes with the secret itself, as S3's
 * signatures do, can still be served (docs/decisions/079-api-keys.md).
 */
import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKeyId } from '@netstore/shared-types';

const SECRET_BYTES = 32;
const NONCE_BYTES = 16;

export interface ApiKeySeed {
  readonly id: ApiKeyId;
  /** 128 random bits, hex. */
  readonly nonce: string;
}

export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('hex');
}

export class ApiKeySecrets {
  readonly #file: Buffer;

  /** `file`: 32 random bytes, kept apart from the database. */
  constructor(file: Buffer) {
    this.#file = file;
  }

  /** Hex. */
  secretOf(seed: ApiKeySeed): string {
    return this.#derive(seed).toString('hex');
  }

  /** Takes the same time whatever was presented, and whether the key is there (`nonce` of it) or not. */
  isRight({ id, nonce }: { readonly id: ApiKeyId; readonly nonce: string | undefined }, presented: string): boolean {
    const expected = this.#derive({ id, nonce: nonce ?? ''.padEnd(NONCE_BYTES * 2, '0') });
    const isEqual = timingSafeEqual(expected, Buffer.from(presented, 'hex'));
    return isEqual && nonce !== undefined;
  }

  #derive({ id, nonce }: ApiKeySeed): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#file, Buffer.from(nonce, 'hex'), `netstore api key${id}`, SECRET_BYTES));
  }
}

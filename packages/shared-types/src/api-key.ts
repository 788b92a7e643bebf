/**
 * The text of an API key, as programs present it and scanners of secrets find it.
 *
 *   nsk_ | id          | secret      | checksum
 *        | 32 hex      | 64 hex      | 8 hex: CRC-32 of all before it
 *
 * One word of letters and digits, so that a double click takes all of it. The checksum lets a key that was cut off or mistyped be told from one
 * that has ended, without asking anybody; it proves nothing, since everybody can compute it. Id and secret by themselves are what S3 calls
 * the access key id and the secret access key.
 */
import { crc32 } from 'node:zlib';
import type { ApiKeyId } from './ids.ts';

export const API_KEY_PREFIX = 'nsk_';

const API_KEY = /^(nsk_([0-9a-f]{32})([0-9a-f]{64}))([0-9a-f]{8})$/;

export interface ApiKeyParts {
  readonly id: ApiKeyId;
  /** 32 bytes, hex. */
  readonly secret: string;
}

export function formatApiKey({ id, secret }: ApiKeyParts): string {
  const text = `${API_KEY_PREFIX}${id}${secret}`;
  return text + checksumOf(text);
}

/** `undefined` for what is no whole API key. Whether there is such a key is another question. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, checked = '', id = '', secret = '', checksum = ''] = API_KEY.exec(text) ?? [];
  return checked !== '' && checksum === checksumOf(checked) ? { id: id as ApiKeyId, secret } : undefined;
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

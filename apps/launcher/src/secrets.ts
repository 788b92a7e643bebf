/**
 * The keys that the five services share, one file each, made once. A service is told the path of a key and never the key, so that none shows up in
 * a process list, in `run.json` or in a log. A damaged key is never replaced silently: what it protected may depend on it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { replaceFile } from './replace-file.ts';

export interface SecretFiles {
  /** Proves to a node or gateway that the other side belongs to the cluster. */
  readonly cluster: string;
  /** Proves to the auth service that the gateway asks. */
  readonly service: string;
  /** Signs the gateway's links to content. */
  readonly ticket: string;
}

const KEY_BYTES = 32;
const KEY_TEXT = /^[0-9a-f]{64}\n?$/;

/** Throws `NS_DATA_DIRECTORY` for a key that is there but is not a key. */
export function prepareSecrets(folder: string): SecretFiles {
  return {
    cluster: prepareKey(join(folder, 'cluster.key')),
    service: prepareKey(join(folder, 'service.key')),
    ticket: prepareKey(join(folder, 'ticket.key')),
  };
}

/** Makes the key when it is not there. Throws `NS_DATA_DIRECTORY` for a file that is not a key. */
export function prepareKey(path: string): string {
  if (!existsSync(path)) {
    replaceFile(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, isDurable: true });
    return path;
  }
  const text = readFileSync(path, 'latin1');
  if (KEY_TEXT.test(text)) return path;
  const found = text.length === 0 ? 'it is empty' : `it has ${text.length} characters of another kind`;
  const advice =
    'Put back a copy of it if you have one. Otherwise delete it and start again: a new key is made, and everyone signs in again.';
  throw new NetStoreError('NS_DATA_DIRECTORY', `The key ${path} is damaged: expected ${KEY_BYTES * 2} hex digits, but ${found}. ${advice}`);
}

/**
 * A secret of this service that lies beside its database instead of in it, so that a copy of the database alone is worth nothing: 32 random bytes,
 * hex, for the owner alone. Made when it is not there, and on the disk before anybody uses it.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';

const SECRET = /^[0-9a-f]{64}$/;
const OTHERS = 0o077;

export interface SecretFile {
  readonly secret: Buffer;
  /** It was not there before. */
  readonly isNew: boolean;
}

/** Throws `NS_DATA_DIRECTORY` for a file that others may read, or that holds something else. */
export async function openSecretFile(path: string): Promise<SecretFile> {
  const found = await read(path);
  if (found !== undefined) return { secret: found, isNew: false };
  const secret = randomBytes(32);
  await write(path, secret);
  return { secret, isNew: true };
}

async function read(path: string): Promise<Buffer | undefined> {
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new NetStoreError('NS_DATA_DIRECTORY', `${path} cannot be read: ${error.message}`, { cause: error });
  });
  if (status === undefined) return undefined;
  if ((status.mode & OTHERS) !== 0) {
    const mode = (status.mode & 0o777).toString(8);
    throw new NetStoreError('NS_DATA_DIRECTORY', `${path} is readable by others: expected mode 600, found ${mode}`);
  }
  const text = (await readFile(path, 'utf8')).trim();
  if (!SECRET.test(text)) {
    throw new NetStoreError('NS_DATA_DIRECTORY', `${path} is damaged: expected 64 hex characters, found ${text.length} characters`);
  }
  return Buffer.from(text, 'hex');
}

/** By rename: whoever reads the file finds a whole secret. */
async function write(path: string, secret: Buffer): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  {
    await using file = await open(draft, 'wx', 0o600);
    await file.writeFile(`${secret.toString('hex')}\n`);
    await file.sync();
  }
  await rename(draft, path);
  await using folder = await open(dirname(path), 'r');
  await folder.sync();
}

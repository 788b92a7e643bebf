/** Puts the folders of blobs in order when the store is opened. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toDiskError } from '../log/disk-error.ts';
import type { Durability } from '../log/durability.ts';
import { syncFolder } from '../log/durable-file.ts';
import { isPartName, SHARDS } from './blob-path.ts';

const FOLDER_MODE = 0o700;

/** All of them at once, so that keeping a blob never has to make one: that could fail on a full disk. Durable on return. */
export async function makeShards(blobsDir: string, durability: Durability): Promise<void> {
  const present = new Set(await readdir(blobsDir));
  const absent = SHARDS.filter((shard) => !present.has(shard));
  try {
    for (const shard of absent) await mkdir(join(blobsDir, shard), { mode: FOLDER_MODE });
  } catch (error) {
    throw toDiskError(error, `Making the folders of ${blobsDir}`);
  }
  await syncFolder(blobsDir, durability);
}

/** What was being received when a process died. Gives the number of files. */
export async function removeParts(stagingDir: string): Promise<number> {
  const parts = (await readdir(stagingDir)).filter(isPartName);
  for (const part of parts) await rm(join(stagingDir, part), { force: true });
  return parts.length;
}

/** Writing and reading whole runs of bytes, and files that appear whole under their name or not at all. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toDiskError } from './disk-error.ts';
import type { Durability } from './durability.ts';
import { DurableFolder } from './durable-folder.ts';

/** Files of NetStore are nobody else's business. */
export const FILE_MODE = 0o600;
/** What is being written has its later name with this behind it; left over from a crash, it was never relied on. */
export const UNFINISHED_SUFFIX = '.tmp';

/** A write can come back short without an error, on a full disk for one: the rest is written, or the error comes then. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw Object.assign(new Error(`wrote ${done} of ${bytes.length} bytes and no more`), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}

/** Fills `into` from `position` on; fewer bytes than that only at the end of the file. Gives how many there were. */
export async function readFully(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** For what an error left behind. That error is the one to tell: a file that cannot be removed either is removed by the next start. */
export async function removeLeftover(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch {
    return;
  }
}

/** Makes the names in a folder durable that is not kept open. */
export async function syncFolder(path: string, durability: Durability): Promise<void> {
  await using folder = await DurableFolder.open(path, durability);
  await folder.sync();
}

/**
 * Bytes, then name, then folder: a crash leaves the old state or the new one. Replaces what has the name already. Throws
 * `NS_DISK_FULL` and leaves nothing behind.
 */
export async function writeFileDurably(
  path: string,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  durability: Durability,
): Promise<void> {
  const unfinished = path + UNFINISHED_SUFFIX;
  try {
    await using handle = await open(unfinished, 'w', FILE_MODE);
    let position = 0;
    for await (const part of parts) {
      await writeFully(handle, part, position);
      position += part.length;
    }
    await durability.file(handle, unfinished);
    await rename(unfinished, path);
  } catch (error) {
    await removeLeftover(unfinished);
    throw toDiskError(error, `Writing ${path}`);
  }
  await syncFolder(dirname(path), durability);
}

/** Keeps what leaves the log: suffixes that lost, bytes behind a torn tail, what stands behind damage, and segments that went bad. Files here are never deleted by the program. */
import { randomBytes } from 'node:crypto';
import { link, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDiskFull, toDiskError } from './disk-error.ts';
import type { Durability } from './durability.ts';
import { syncFolder, writeFileDurably } from './durable-file.ts';

/** `2026-11-22T14-15-00-123Z-5f3a`: sorts by time, is a file name everywhere, and no second one replaces the first. */
const stamp = (): string => `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${randomBytes(2).toString('hex')}`;

export interface Suffix {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Whole records, one after the other, as they stood in the log. */
  readonly parts: AsyncIterable<Uint8Array>;
}

/** Durable on return, under `<time>-records-<from>-<to>.log`. Throws `NS_DISK_FULL` and leaves nothing behind. */
export async function keepSuffix(dir: string, { fromSeq, toSeq, parts }: Suffix, durability: Durability): Promise<void> {
  await writeFileDurably(join(dir, `${stamp()}-records-${fromSeq}-${toSeq}.log`), parts, durability);
}

/**
 * The bytes behind the last whole record of a segment. Says whether they were kept: on a full disk, those that were never
 * acknowledged (`mayLetGo`) are not, because a node that cannot start helps nobody. Throws `NS_DISK_FULL` for the others.
 */
export async function keepTornBytes(
  dir: string,
  torn: { readonly path: string; readonly offset: number; readonly bytes: Uint8Array; readonly mayLetGo: boolean },
  durability: Durability,
): Promise<boolean> {
  try {
    const name = `${stamp()}-torn-${basename(torn.path, '.log')}-${torn.offset}.bytes`;
    await writeFileDurably(join(dir, name), [torn.bytes], durability);
    return true;
  } catch (error) {
    if (torn.mayLetGo && isDiskFull(error instanceof Error ? error.cause : error)) return false;
    throw error;
  }
}

/**
 * A segment that is about to be replaced, under a second name: while it is there, its bad sectors are given to no other file. Replacing
 * it takes the first name away.
 */
export async function keepSegment(dir: string, path: string, durability: Durability): Promise<void> {
  try {
    await link(path, join(dir, `${stamp()}-bad-${basename(path)}`));
  } catch (error) {
    throw toDiskError(error, `Keeping ${path}`);
  }
  await syncFolder(dir, durability);
}

/** A whole segment that continues nothing. */
export async function moveSegmentAside(dir: string, path: string, durability: Durability): Promise<void> {
  try {
    await rename(path, join(dir, `${stamp()}-segment-${basename(path)}`));
  } catch (error) {
    throw toDiskError(error, `Moving ${path} aside`);
  }
  await syncFolder(dir, durability);
  await syncFolder(dirname(path), durability);
}

/**
 * SCRUB: how far proving this disk has come. Lost, old or damaged, it costs reading again and nothing else; so it is written without
 * a sync, and what cannot be read counts as not there.
 *
 *   netstore-scrub 1
 *   {"round":…,"finished":…}
 *   crc32c <8 hex, over all lines before>
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobId } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';
import { errnoOf, isDiskFull, toDiskError } from '../log/disk-error.ts';
import { FILE_MODE, UNFINISHED_SUFFIX } from '../log/durable-file.ts';
import { blobIdOfName } from './blob-path.ts';

export const SCRUB_FILE = 'SCRUB';
const FIRST_LINE = 'netstore-scrub 1';
const LAYOUT = new RegExp(`^${FIRST_LINE}\\n(\\{.*\\})\\n$`);
const CRC_LINE_BYTES = 'crc32c 00000000\n'.length;

export interface ScrubRound {
  readonly startedAtMs: number;
  /** Somebody asked for it: it does not spread itself over weeks. */
  readonly isAskedFor: boolean;
  readonly blobsTotal: number;
  readonly bytesTotal: number;
  readonly blobsDone: number;
  readonly bytesDone: number;
  /** The last blob that was looked at; null before the first. */
  readonly after: BlobId | null;
}

export interface ScrubCursor {
  /** Under way; null between rounds. */
  readonly round: ScrubRound | null;
  /** The last one that came to its end; null when none did. */
  readonly finished: { readonly round: ScrubRound; readonly atMs: number } | null;
}

export const NO_CURSOR: ScrubCursor = { round: null, finished: null };

export async function readScrubCursor(dataDir: string): Promise<ScrubCursor> {
  try {
    return parseCursor(await readFile(join(dataDir, SCRUB_FILE), 'utf8')) ?? NO_CURSOR;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return NO_CURSOR;
  }
}

/** A full disk is passed over: the next one is written soon. */
export async function writeScrubCursor(dataDir: string, cursor: ScrubCursor): Promise<void> {
  const path = join(dataDir, SCRUB_FILE);
  const body = `${FIRST_LINE}\n${JSON.stringify(cursor)}\n`;
  try {
    await writeFile(path + UNFINISHED_SUFFIX, body + crcLine(body), { mode: FILE_MODE });
    await rename(path + UNFINISHED_SUFFIX, path);
  } catch (error) {
    if (!isDiskFull(error)) throw toDiskError(error, `Writing ${path}`);
  }
}

function parseCursor(text: string): ScrubCursor | undefined {
  const body = text.slice(0, -CRC_LINE_BYTES);
  const json = LAYOUT.exec(body)?.[1];
  if (json === undefined || text.slice(-CRC_LINE_BYTES) !== crcLine(body)) return undefined;
  // What has the checksum was written here.
  const cursor = JSON.parse(json) as ScrubCursor;
  const after = cursor.round?.after ?? null;
  return after === null || blobIdOfName(after) !== undefined ? cursor : undefined;
}

function crcLine(body: string): string {
  return `crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`;
}

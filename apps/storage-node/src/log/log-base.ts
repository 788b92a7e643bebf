/**
 * BASE, in the folder of the log: the record behind which the log begins, once what was before it has been let go. Without the file it
 * begins with the first record of all.
 *
 *   netstore-log-base 1
 *   seq <decimal>
 *   hash <64 hex>
 *   epoch <decimal, of the record>
 *   crc32c <8 hex, over all lines before>
 *
 * It is durable before the segments below it are removed. Segments that stand below it are what a crash has left of that.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';
import { CHAIN_START, type ChainEnd } from './chain.ts';
import { errnoOf, toDiskError, unlessAbsent } from './disk-error.ts';
import type { Durability } from './durability.ts';
import { writeFileDurably } from './durable-file.ts';

const BASE_FILE = 'BASE';
const FORMAT_VERSION = 1;
const LAYOUT = /^netstore-log-base (\d+)\nseq (\d{1,16})\nhash ([0-9a-f]{64})\nepoch (\d{1,16})\n$/;
const CRC_LINE_LENGTH = 'crc32c 00000000\n'.length;

export const basePath = (logDir: string): string => join(logDir, BASE_FILE);

/** Undefined when the file is there and damaged: nobody knows then where the log begins. */
export async function readBase(logDir: string): Promise<ChainEnd | undefined> {
  const path = basePath(logDir);
  try {
    const text = await unlessAbsent(() => readFile(path, 'latin1'));
    return text === undefined ? CHAIN_START : parseBase(path, text);
  } catch (error) {
    if (errnoOf(error) === 'EIO') return undefined;
    throw toDiskError(error, `Reading ${path}`);
  }
}

/** Durable on return. */
export async function writeBase(logDir: string, base: ChainEnd, durability: Durability): Promise<void> {
  await writeFileDurably(basePath(logDir), [Buffer.from(formatBase(base), 'latin1')], durability);
}

function formatBase({ position, epoch }: ChainEnd): string {
  const hash = Buffer.from(position.hash).toString('hex');
  const body = `netstore-log-base ${FORMAT_VERSION}\nseq ${position.seq}\nhash ${hash}\nepoch ${epoch}\n`;
  return body + crcLine(body);
}

function parseBase(path: string, text: string): ChainEnd | undefined {
  const body = text.slice(0, -CRC_LINE_LENGTH);
  const [, version, seq, hash = '', epoch] = LAYOUT.exec(body) ?? [];
  if (version === undefined || text.slice(-CRC_LINE_LENGTH) !== crcLine(body)) return undefined;
  if (Number(version) !== FORMAT_VERSION) {
    throw new NetStoreError(
      'NS_VERSION_UNSUPPORTED',
      `${path} has format ${version}, this program knows ${FORMAT_VERSION}: start a newer version of NetStore`,
    );
  }
  return { position: { seq: Number(seq), hash: Buffer.from(hash, 'hex') }, epoch: Number(epoch) };
}

function crcLine(body: string): string {
  return `crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`;
}

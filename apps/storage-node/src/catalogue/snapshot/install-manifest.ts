/**
 * SNAPSHOT, in the data directory: says that a copy of a catalogue, which stands proved in the folder for snapshots, is this node's
 * catalogue from now on, and where the log begins then. The one file decides: without it the node is as it was, with it what is still to
 * be done is done by the next start.
 *
 *   netstore-snapshot 1
 *   seq <decimal>             of the last record applied in it
 *   hash <64 hex>
 *   epoch <decimal>
 *   log kept|reset            whether the log contains that record, or begins behind it from now on
 *   crc32c <8 hex, over all lines before>
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';
import type { ChainEnd } from '../../log/chain.ts';
import { unlessAbsent } from '../../log/disk-error.ts';
import type { Durability } from '../../log/durability.ts';
import { writeFileDurably } from '../../log/durable-file.ts';

const MANIFEST_FILE = 'SNAPSHOT';
const FORMAT_VERSION = 1;
const LAYOUT = /^netstore-snapshot (\d+)\nseq (\d{1,16})\nhash ([0-9a-f]{64})\nepoch (\d{1,16})\nlog (kept|reset)\n$/;
const CRC_LINE_LENGTH = 'crc32c 00000000\n'.length;

export interface InstallManifest {
  readonly base: ChainEnd;
  readonly isLogKept: boolean;
}

export const manifestPath = (dataDir: string): string => join(dataDir, MANIFEST_FILE);

/** Undefined when nothing is to be installed. Throws `NS_DATA_DIRECTORY` when nobody can tell what was. */
export async function readManifest(dataDir: string): Promise<InstallManifest | undefined> {
  const path = manifestPath(dataDir);
  const text = await unlessAbsent(() => readFile(path, 'latin1'));
  if (text === undefined) return undefined;
  const body = text.slice(0, -CRC_LINE_LENGTH);
  const [, version, seq, hash = '', epoch, log] = LAYOUT.exec(body) ?? [];
  if (Number(version) !== FORMAT_VERSION || text.slice(-CRC_LINE_LENGTH) !== crcLine(body)) {
    throw new NetStoreError(
      'NS_DATA_DIRECTORY',
      `${path} is damaged, and it says which catalogue this node has. Nothing was changed. Move this data directory away (do not delete it) and start the node with an empty one: the others give it everything again`,
    );
  }
  return { base: { position: { seq: Number(seq), hash: Buffer.from(hash, 'hex') }, epoch: Number(epoch) }, isLogKept: log === 'kept' };
}

/** Durable on return: from then on the snapshot is the catalogue. */
export async function writeManifest(dataDir: string, { base, isLogKept }: InstallManifest, durability: Durability): Promise<void> {
  const { seq, hash } = base.position;
  const log = isLogKept ? 'kept' : 'reset';
  const body = `netstore-snapshot ${FORMAT_VERSION}\nseq ${seq}\nhash ${Buffer.from(hash).toString('hex')}\nepoch ${base.epoch}\nlog ${log}\n`;
  await writeFileDurably(manifestPath(dataDir), [Buffer.from(body + crcLine(body), 'latin1')], durability);
}

function crcLine(body: string): string {
  return `crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`;
}

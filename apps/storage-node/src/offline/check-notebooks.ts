/** Small files in which a node notes what it can do without: text whose last line is the checksum of the lines before. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { SCRUB_FILE } from '../blobs/scrub-cursor.ts';
import { toDiskError, unlessAbsent } from '../log/disk-error.ts';
import { PEERS_FILE } from '../membership/peer-generations.ts';
import { type Finding, problem, START_NODE } from './finding.ts';

const LAST_LINE = /crc32c ([0-9a-f]{8})\n$/;

export async function* checkNotebooks(dataDir: string): AsyncGenerator<Finding> {
  for (const name of [PEERS_FILE, SCRUB_FILE]) {
    const path = join(dataDir, name);
    const text = await readText(path);
    if (text !== undefined && !isSound(text))
      yield problem(path, 'Its checksum is wrong', { wayOut: `${START_NODE}: the file is begun anew` });
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await unlessAbsent(() => readFile(path, 'utf8'));
  } catch (error) {
    throw toDiskError(error, `Reading ${path}`);
  }
}

function isSound(text: string): boolean {
  const match = LAST_LINE.exec(text);
  return match !== null && Number.parseInt(match[1] ?? '', 16) === crc32c(text.slice(0, match.index));
}

/**
 * Reads a node's log from its data directory, by the formats that its files document and without the node's own code: a
 * second opinion on what it keeps.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SEGMENT_HEADER_BYTES = 64;
const HEADER_BYTES = 65;
const HASHED_FROM = 8;
const SEGMENT_NAME = /^[0-9a-f]{16}\.log$/;

export interface StoredRecord {
  readonly seq: number;
  readonly epoch: number;
  readonly type: number;
  /** Hex. */
  readonly hash: string;
}

/** In order, from wherever the log begins. Throws when a record does not continue the one before it. */
export async function readStoredLog(dataDir: string): Promise<StoredRecord[]> {
  const dir = join(dataDir, 'log');
  const records: StoredRecord[] = [];
  let previous: string | undefined;
  for (const name of (await readdir(dir)).filter((each) => SEGMENT_NAME.test(each)).sort()) {
    const bytes = await readFile(join(dir, name));
    previous ??= bytes.toString('hex', 20, 52);
    for (let at = SEGMENT_HEADER_BYTES; at + 4 <= bytes.length; ) {
      const length = bytes.readUInt32BE(at);
      if (length === 0) break;
      const record = parse(bytes.subarray(at, at + 4 + length));
      if (record.previous !== previous) throw new Error(`${name}: record ${record.seq} does not continue the one before it`);
      previous = record.hash;
      records.push(record);
      at += 4 + length;
    }
  }
  return records;
}

function parse(encoded: Buffer): StoredRecord & { readonly previous: string } {
  if (encoded.length < HEADER_BYTES) throw new Error('A record is shorter than its head');
  return {
    seq: Number(encoded.readBigUInt64BE(8)),
    epoch: Number(encoded.readBigUInt64BE(16)),
    type: encoded.readUInt8(64),
    previous: encoded.toString('hex', 32, 64),
    hash: createHash('sha256').update(encoded.subarray(HASHED_FROM)).digest('hex'),
  };
}

/** What two logs contradict each other in. One may begin later, where the other was not compacted. */
export function compareLogs(one: readonly StoredRecord[], other: readonly StoredRecord[]): string[] {
  const bySeq = new Map(other.map((record) => [record.seq, record]));
  const different = one
    .filter(({ seq, hash }) => bySeq.has(seq) && bySeq.get(seq)?.hash !== hash)
    .map(({ seq }) => `record ${seq} differs`);
  const ends = [one.at(-1)?.seq, other.at(-1)?.seq];
  return ends[0] === ends[1] ? different : [...different, `one ends at ${ends[0]}, the other at ${ends[1]}`];
}

/** Names of `(epoch, seq)` that stand for more than one record in all that was ever kept (invariant 4). */
export function findTwofoldNames(logs: readonly (readonly StoredRecord[])[]): string[] {
  const hashes = new Map<string, string>();
  return logs.flat().flatMap(({ epoch, seq, hash }) => {
    const name = `(${epoch}, ${seq})`;
    const known = hashes.get(name);
    hashes.set(name, hash);
    return known === undefined || known === hash ? [] : [`${name} names two records`];
  });
}

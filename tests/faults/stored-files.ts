/** Reads a stopped node's files from its data directory: the tree from the catalogue, each byte from the blobs, all checked. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BlobId } from '@netstore/shared-types';
import { CHUNK_BYTES, ChunkChecksum, unpackBlobRefs } from '@netstore/wire-protocol';

const FOOTER_FIXED_BYTES = 40;
/** Equal on every node at an equal seq; all other tables say what one node lacks or knows. */
const REPLICATED_TABLES = ['spaces', 'entries', 'versions', 'trash', 'contents', 'manifests', 'blobs', 'operations'];
/** The words of a rejection may differ between programs. */
const COLUMNS: Readonly<Record<string, string>> = { operations: 'operationId, seq, epoch, expiresAtMs, fingerprint, rejection' };

export interface StoredFiles {
  readonly appliedSeq: number;
  /** Hex, over all replicated tables. */
  readonly digest: string;
  /** Of each file that is not in the trash, by its path in its space: the SHA-256 of the bytes on this disk. */
  readonly contents: ReadonlyMap<string, string>;
  readonly keptBlobs: readonly string[];
  readonly stagedBlobs: readonly { readonly name: string; readonly ageMs: number }[];
  readonly quarantined: readonly string[];
  /** For people: every blob that is referred to and missing or damaged, every file whose bytes have another hash. */
  readonly problems: readonly string[];
}

interface EntryRow {
  readonly id: number;
  readonly parentId: number | null;
  readonly name: string;
  readonly isFile: number;
  readonly contentId: number | null;
}

export async function readStoredFiles(dataDir: string): Promise<StoredFiles> {
  using database = new DatabaseSync(join(dataDir, 'catalogue.db'), { readOnly: true });
  const problems: string[] = [];
  const hashes = new Map<number, string>();
  for (const { contentId, sha256 } of database.prepare('SELECT contentId, sha256 FROM contents').all() as {
    contentId: number;
    sha256: Uint8Array;
  }[]) {
    const actual = await hashContent(database, contentId, { dataDir, problems });
    if (actual !== Buffer.from(sha256).toString('hex')) problems.push(`content ${contentId} has another SHA-256 than the catalogue says`);
    hashes.set(contentId, actual);
  }
  const { appliedSeq } = database.prepare('SELECT appliedSeq FROM meta').get() as { appliedSeq: number };
  return {
    appliedSeq,
    digest: digestOf(database),
    contents: readTree(database, hashes),
    keptBlobs: await keptBlobs(dataDir),
    stagedBlobs: await stagedBlobs(dataDir),
    quarantined: await readdir(join(dataDir, 'quarantine')),
    problems,
  };
}

function digestOf(database: DatabaseSync): string {
  const hash = createHash('sha256');
  for (const table of REPLICATED_TABLES) {
    const rows = database.prepare(`SELECT ${COLUMNS[table] ?? '*'} FROM ${table}`).all();
    const lines = rows.map((row) =>
      JSON.stringify(row, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)),
    );
    hash.update(`${table}\n${lines.sort().join('\n')}\n`);
  }
  return hash.digest('hex');
}

function readTree(database: DatabaseSync, hashes: ReadonlyMap<number, string>): Map<string, string> {
  const entries = database.prepare('SELECT id, parentId, name, isFile, contentId FROM entries').all() as unknown as EntryRow[];
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const contents = new Map<string, string>();
  for (const entry of entries) {
    const names: string[] = [];
    let at: EntryRow | undefined = entry;
    for (; at?.parentId !== null && at !== undefined; at = byId.get(at.parentId)) names.unshift(at.name);
    // What hangs below the root named 'trash' was deleted.
    if (entry.isFile === 1 && entry.contentId !== null && at?.name === '')
      contents.set(names.join('/'), hashes.get(entry.contentId) ?? 'unknown');
  }
  return contents;
}

async function hashContent(
  database: DatabaseSync,
  contentId: number,
  { dataDir, problems }: { readonly dataDir: string; readonly problems: string[] },
): Promise<string> {
  const pages = database.prepare('SELECT blobs FROM manifests WHERE contentId = ? ORDER BY offsetBytes').all(contentId) as {
    blobs: Uint8Array;
  }[];
  const hash = createHash('sha256');
  for (const { blobId, lengthBytes } of pages.flatMap(({ blobs }) => unpackBlobRefs(blobs))) {
    try {
      hash.update(await readBlob(dataDir, blobId, lengthBytes));
    } catch (error) {
      problems.push(`blob ${blobId} of content ${contentId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return hash.digest('hex');
}

/** A blob that nothing could move out of staging yet is as good. */
async function readBlob(dataDir: string, blobId: BlobId, lengthBytes: number): Promise<Buffer> {
  const kept = join(dataDir, 'blobs', blobId.slice(0, 2), blobId);
  const file = await readFile(existsSync(kept) ? kept : join(dataDir, 'staging', blobId));
  const bytes = file.subarray(0, lengthBytes);
  const checksum = new ChunkChecksum(blobId);
  const chunkCount = Math.ceil(lengthBytes / CHUNK_BYTES);
  if (file.length !== lengthBytes + chunkCount * 4 + FOOTER_FIXED_BYTES) throw new Error(`its file has ${file.length} bytes`);
  for (let index = 0; index < chunkCount; index += 1) {
    const crc = checksum.of(index, bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES));
    if (crc !== file.readUInt32BE(lengthBytes + index * 4)) throw new Error(`chunk ${index} is damaged`);
  }
  return bytes;
}

async function keptBlobs(dataDir: string): Promise<string[]> {
  const files = await readdir(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => file.name)
    .sort();
}

async function stagedBlobs(dataDir: string): Promise<{ name: string; ageMs: number }[]> {
  const dir = join(dataDir, 'staging');
  return await Promise.all((await readdir(dir)).map(async (name) => ({ name, ageMs: Date.now() - (await stat(join(dir, name))).mtimeMs })));
}

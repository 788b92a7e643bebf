/**
 * Copies of the catalogue's file, made and proved on a thread of their own: each call does its whole work before it returns, and reads
 * every byte.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { checkpointSqlite, type Database, openSqlite } from '@netstore/service-kit/sqlite';
import { NetStoreError, type Sha256 } from '@netstore/shared-types';
import type { LogPosition } from '@netstore/wire-protocol';
import { OpenedCatalogue } from '../opened-catalogue.ts';
import { SCHEMA_VERSION } from '../schema.ts';

/** What a copy is, and how to prove it. */
export interface SnapshotFacts {
  /** The last record that is applied in it. */
  readonly position: LogPosition;
  /** Of that record. */
  readonly epoch: number;
  /** Of the catalogue at that record. */
  readonly digest: Sha256;
  readonly sizeBytes: number;
  /** Of the file. */
  readonly sha256: Sha256;
}

/** What a node lacks is its own affair. */
const FORGET_LOCAL = 'DELETE FROM missing_blobs; DELETE FROM unlinks; DELETE FROM doubts;';
/** A node that gets a catalogue owes all its blobs until it has looked which of them it holds. */
const OWE_ALL = 'INSERT INTO missing_blobs SELECT blobId, contentId, lengthBytes FROM blobs WHERE refs > 0;';
const READ_BYTES = 1024 * 1024;
const FILE_MODE = 0o600;

/**
 * Of one applied record, beside whoever writes to the original. Throws `NS_DISK_FULL`'s SQLite error when there is no room, and leaves
 * nothing behind.
 */
export function copyCatalogue(from: string, to: string): SnapshotFacts {
  try {
    closeSync(openSync(to, 'wx', FILE_MODE));
    const source = openSqlite(from, { isReadonly: true });
    try {
      source.prepare('VACUUM INTO ?').run(to);
    } finally {
      source.close();
    }
    const { position, epoch, digest } = usingCopy(to, (copy) => {
      copy.exec(FORGET_LOCAL);
      return factsOf(new OpenedCatalogue(copy));
    });
    return { position, epoch, digest, sizeBytes: statSync(to).size, sha256: sha256Of(to) };
  } catch (error) {
    removeCopy(to);
    throw error;
  }
}

/**
 * Makes a copy that was received the catalogue of this node: proves it, row by row, and owes every blob it refers to. Throws
 * `NS_CATALOGUE_DAMAGED` when it is not what it was said to be, and `NS_VERSION_UNSUPPORTED` when another program made it.
 */
export function prepareCopy(path: string, expected: SnapshotFacts): void {
  requireEqual('SHA-256', expected.sha256, sha256Of(path));
  usingCopy(path, (copy) => {
    const version = Number(copy.pragma('user_version', { simple: true }));
    if (version !== SCHEMA_VERSION)
      throw new NetStoreError('NS_VERSION_UNSUPPORTED', `Snapshot has format ${version}, this program knows ${SCHEMA_VERSION}`);
    requireEqual('integrity', 'ok', String(copy.pragma('integrity_check(1)', { simple: true })));
    const opened = new OpenedCatalogue(copy);
    opened.proveRows(true, Number.POSITIVE_INFINITY);
    const { position, epoch, digest } = factsOf(opened);
    requireEqual('digest', expected.digest, digest);
    requireEqual('record', textOf(expected.position), textOf(position));
    requireEqual('epoch', String(expected.epoch), String(epoch));
    copy.transaction(() => copy.exec(FORGET_LOCAL + OWE_ALL))();
  });
}

export function removeCopy(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function factsOf(opened: OpenedCatalogue): Pick<SnapshotFacts, 'position' | 'epoch' | 'digest'> {
  const { applied, cluster, digest } = opened.state;
  // The first record of every epoch says which it is: the last one applied is of the same.
  return { position: applied, epoch: cluster.epoch, digest };
}

/** All is in the one file when it returns. */
function usingCopy<Result>(path: string, work: (copy: Database) => Result): Result {
  const copy = openSqlite(path, { synchronous: 'NORMAL' });
  try {
    const result = work(copy);
    checkpointSqlite(copy);
    return result;
  } finally {
    copy.close();
  }
}

function sha256Of(path: string): Sha256 {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(READ_BYTES);
    for (let count = readSync(file, bytes); count > 0; count = readSync(file, bytes)) hash.update(bytes.subarray(0, count));
    return hash.digest('hex') as Sha256;
  } finally {
    closeSync(file);
  }
}

function requireEqual(what: string, expected: string, actual: string): void {
  if (expected === actual) return;
  throw new NetStoreError('NS_CATALOGUE_DAMAGED', `Snapshot is not what it was said to be: expected ${what} ${expected}, got ${actual}`);
}

function textOf({ seq, hash }: LogPosition): string {
  return `${seq} ${Buffer.from(hash).toString('hex')}`;
}

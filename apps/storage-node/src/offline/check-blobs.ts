/** Blobs: every byte of those that files refer to, and what else lies where blobs are kept. */
import { readdir } from 'node:fs/promises';
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import { type BlobDirs, blobIdOfName, isPartName, SHARDS } from '../blobs/blob-path.ts';
import { listKept } from '../blobs/kept-folder.ts';
import type { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import { unlessAbsent } from '../log/disk-error.ts';
import { type Finding, note, problem, START_NODE } from './finding.ts';
import { openStoredBlob } from './stored-blob.ts';

/** Rows of the catalogue that are read at once. */
const PAGE_BLOBS = 1000;

export interface BlobCheck {
  readonly dirs: BlobDirs;
  readonly copy: CatalogueCopy;
  /** Of records that the catalogue has not applied yet. */
  readonly unapplied: ReadonlyMap<BlobId, BlobRef>;
  /** Called for each blob that was read. */
  readonly onRead: (bytes: number) => Promise<void>;
}

export async function* checkBlobs(check: BlobCheck, signal: AbortSignal): AsyncGenerator<Finding> {
  yield* checkReferenced(check, signal);
  for (const ref of check.unapplied.values()) {
    if (check.copy.opened.findBlob(ref.blobId) === null) yield* checkBlob(check, ref, { isOwed: true });
  }
  yield* checkStrays(check, signal);
}

async function* checkReferenced(check: BlobCheck, signal: AbortSignal): AsyncGenerator<Finding> {
  const { opened } = check.copy;
  const owed = owedBlobs(check.copy);
  for (let after: BlobId | null = null; ; ) {
    const page = opened.blobsAfter(after, PAGE_BLOBS);
    for (const ref of page) {
      signal.throwIfAborted();
      yield* checkBlob(check, ref, { isOwed: owed.has(ref.blobId) });
    }
    if (page.length < PAGE_BLOBS) break;
    after = page.at(-1)?.blobId ?? null;
  }
  const { blobs, bytes } = opened.debt();
  if (blobs > 0) yield note(check.dirs.blobs, `${blobs} blobs (${bytes} bytes) were still to be fetched from the other nodes`, START_NODE);
}

/** What the node knows that it lacks. */
function owedBlobs({ opened }: CatalogueCopy): Set<BlobId> {
  const owed = new Set<BlobId>();
  for (let after: { seq: number; blobId: BlobId | null } = { seq: -1, blobId: null }; ; ) {
    const page = opened.nextDebt(PAGE_BLOBS, after);
    for (const { blobId } of page) owed.add(blobId);
    const last = page.at(-1);
    if (last === undefined) return owed;
    after = last;
  }
}

async function* checkBlob({ dirs, onRead }: BlobCheck, ref: BlobRef, { isOwed }: { isOwed: boolean }): AsyncGenerator<Finding> {
  await using stored = await openStoredBlob(dirs, ref);
  if (stored === undefined) {
    if (!isOwed) yield problem(dirs.blobs, `Blob ${ref.blobId}, which a file needs, is not there`, { wayOut: START_NODE });
    return;
  }
  try {
    for await (const chunk of stored.chunks()) void chunk;
  } catch (error) {
    if (!(error instanceof NetStoreError)) throw error;
    yield problem(stored.path, error.message, { offset: offsetOf(error), wayOut: START_NODE });
  }
  await onRead(ref.lengthBytes);
}

function offsetOf({ details }: NetStoreError): number | null {
  return typeof details['offset'] === 'number' ? details['offset'] : null;
}

async function* checkStrays({ dirs, copy, unapplied }: BlobCheck, signal: AbortSignal): AsyncGenerator<Finding> {
  const isUnknown = (blobId: BlobId): boolean => copy.opened.findBlob(blobId) === null && !unapplied.has(blobId);
  let strays = 0;
  for (const shard of SHARDS) {
    signal.throwIfAborted();
    const { blobIds, foreign } = await listKept(dirs, shard);
    strays += blobIds.filter(isUnknown).length;
    for (const name of foreign) yield note(`${dirs.blobs}/${shard}/${name}`, 'It is no blob');
  }
  if (strays > 0) yield note(dirs.blobs, `${strays} blobs belong to no file any more`, START_NODE);
  const staged = await namesIn(dirs.staging);
  const parts = staged.filter(isPartName).length;
  if (parts > 0) yield note(dirs.staging, `${parts} blobs were being received and were never acknowledged`, START_NODE);
  const abandoned = staged.flatMap((name) => blobIdOfName(name) ?? []).filter(isUnknown).length;
  if (abandoned > 0) yield note(dirs.staging, `${abandoned} blobs wait for a file that refers to them, or for being discarded`);
}

export async function namesIn(folder: string): Promise<string[]> {
  return (await unlessAbsent(() => readdir(folder))) ?? [];
}

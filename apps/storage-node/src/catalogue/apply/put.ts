/** Put: a new version of a file. Older versions stay. */
import { type BlobId, versionIdAt } from '@netstore/shared-types';
import { type BlobRef, type PutOperation, unpackBlobRefs } from '@netstore/wire-protocol';
import type { Tables } from '../tables/tables.ts';
import type { Applied, ApplyContext } from './apply-context.ts';
import { requireExpected } from './expectation.ts';
import { requireRoom } from './quota.ts';
import { reject, rejectFailing } from './rejection.ts';
import type { Stamp } from './stamp.ts';

export function applyPut(put: PutOperation, { tables, tree, stamp, missing }: ApplyContext): Applied {
  const place = tree.locate(put.space, put.path);
  const { entry } = place;
  if (entry?.isFile === 0) reject('NS_PATH_IS_FOLDER', `A folder is there: "${place.name}"`);
  requireExpected(put.expected, entry && { version: tables.versions.currentOf(entry).version });
  const refs = readManifest(put);
  for (const ref of refs) requireUsable(ref, tables, stamp);
  requireRoom(put, put.sizeBytes, tables);

  const { seq, timeMs, author } = stamp;
  const { sizeBytes, sha256, contentType } = put;
  const current = { modifiedAtMs: timeMs, sizeBytes, contentId: seq, versionSeq: seq };
  tables.contents.add({ contentId: seq, sizeBytes, sha256, refs });
  if (entry !== undefined) tables.entries.setCurrent(entry.id, current);
  const { id: entryId } = entry ?? tree.addFile(tree.openFolder(place, stamp), place.name, current);
  tables.versions.add({ entryId, seq, ordinal: 0, contentId: seq, contentType, createdAtMs: timeMs, author });
  tables.spaces.use(put.space, sizeBytes, entry === undefined ? 1 : 0);
  for (const { blobId, lengthBytes } of refs) {
    if (missing.has(blobId)) tables.debt.add(blobId, seq, lengthBytes);
    tables.unlinks.remove(blobId);
  }

  const file = { version: versionIdAt(seq), contentId: seq, sizeBytes, sha256, contentType, createdAtMs: timeMs, author };
  return { entry: { path: place.path, modifiedAtMs: timeMs, file, replicas: null }, isCreated: entry === undefined };
}

/** The blobs a put brings, for letting them go when it is rejected; none when its manifest cannot be read. */
export function blobIdsOf(put: PutOperation): readonly BlobId[] {
  try {
    return unpackBlobRefs(put.blobs).map((ref) => ref.blobId);
  } catch {
    return [];
  }
}

function readManifest(put: PutOperation): BlobRef[] {
  const refs = rejectFailing('NS_BAD_REQUEST', () => unpackBlobRefs(put.blobs));
  const total = refs.reduce((sum, ref) => sum + ref.lengthBytes, 0);
  if (total !== put.sizeBytes) reject('NS_BAD_REQUEST', `Blobs do not make the file: expected ${put.sizeBytes} bytes, got ${total}`);
  const seen = new Map<BlobId, BlobRef>();
  for (const ref of refs) {
    const before = seen.get(ref.blobId);
    if (before !== undefined && !isSameBlob(before, ref)) rejectOtherBlob(ref);
    seen.set(ref.blobId, ref);
  }
  return refs;
}

/** A blob id is never used again for other bytes, and not at all once a record has let the blob go: nodes are unlinking it. */
function requireUsable(ref: BlobRef, { contents, gone }: Tables, { timeMs }: Stamp): void {
  const known = contents.findBlob(ref.blobId);
  if (known !== undefined && !isSameBlob(known, ref)) rejectOtherBlob(ref);
  if (known === undefined && gone.has(ref.blobId, timeMs))
    reject('NS_CONFLICT', `Blob ${ref.blobId} was let go: put the bytes under a new id`);
}

function isSameBlob(a: Pick<BlobRef, 'lengthBytes' | 'crcTableSha256'>, b: Pick<BlobRef, 'lengthBytes' | 'crcTableSha256'>): boolean {
  return a.lengthBytes === b.lengthBytes && Buffer.compare(a.crcTableSha256, b.crcTableSha256) === 0;
}

function rejectOtherBlob(ref: BlobRef): never {
  reject('NS_CONFLICT', `Blob ${ref.blobId} is known with other bytes`);
}

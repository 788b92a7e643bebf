/**
 * The operations that change the tree of files. One is one record of the log: it happens whole on every node, or is
 * rejected alike on every node, by what the record and the state before it say and nothing else.
 */
import { IfExists, QUOTA_SPACES_MAX } from '@netstore/shared-types';
import { type Static, Type } from 'typebox';
import { BLOB_ID_BYTES, BLOB_REF_BYTES, MANIFEST_BLOBS_MAX } from '../manifest.ts';
import {
  Bytes,
  CONTENT_TYPE_BYTES_MAX,
  Count,
  Hash,
  message,
  nullable,
  PathField,
  Seq,
  SpaceIdField,
  Text,
  VersionIdField,
} from './fields.ts';

/** Most entries that one copy may make. Moves and deletes of folders touch one row and have no such limit. */
export const COPY_ENTRIES_MAX = 10_000;
/** Most blobs that one discard may name. */
export const DISCARD_BLOBS_MAX = 4096;
/** Most entries of the trash that one purge may name. */
export const PURGE_ENTRIES_MAX = 1000;
/** Most versions that one purge may name. */
export const PURGE_VERSIONS_MAX = 4096;

/** What must be at the path for the operation to happen; else NS_PRECONDITION_FAILED. */
export const Expected = Type.Union([
  message({ kind: Type.Literal('any') }),
  message({ kind: Type.Literal('absent') }),
  message({ kind: Type.Literal('present') }),
  message({ kind: Type.Literal('version'), version: VersionIdField }),
]);
export type Expected = Static<typeof Expected>;

/** Most limits that one operation keeps: that of a space, and that of its owner. */
export const QUOTAS_MAX = 2;

/**
 * What the sizes of all versions in these spaces together may come to, judged when the record is applied: by the same state on every node,
 * so that writes side by side are counted one after another. Else NS_QUOTA_EXCEEDED.
 */
const QuotaLimit = message({
  spaces: Type.Array(SpaceIdField, { minItems: 1, maxItems: QUOTA_SPACES_MAX }),
  bytesMax: Count,
});
export type QuotaLimit = Static<typeof QuotaLimit>;

/** Only where there are any: an operation without is what it was before there were quotas, and older nodes understand it. */
const limited = { quotas: Type.Array(QuotaLimit, { minItems: 1, maxItems: QUOTAS_MAX }) };

const put = {
  kind: Type.Literal('put'),
  space: SpaceIdField,
  path: PathField,
  expected: Expected,
  contentType: Text(CONTENT_TYPE_BYTES_MAX, 1),
  sizeBytes: Count,
  sha256: Hash,
  /** Packed blob references in the order of the file, `manifest.ts`; none for an empty file. */
  blobs: Bytes(0, BLOB_REF_BYTES * MANIFEST_BLOBS_MAX),
};

/** A new version of the file at `path`; folders on the way are made. */
export const PutOperation = Type.Union([message(put), message({ ...put, ...limited })]);
export type PutOperation = Static<typeof PutOperation>;

/** Folders on the way are made. A folder that is there already: NS_ALREADY_EXISTS. */
export const MakeFolderOperation = message({
  kind: Type.Literal('make-folder'),
  space: SpaceIdField,
  path: PathField,
});
export type MakeFolderOperation = Static<typeof MakeFolderOperation>;

/** `to` is the new path itself, not the folder to put it in. `replace` sends what was there to the trash. */
export const MoveOperation = message({
  kind: Type.Literal('move'),
  space: SpaceIdField,
  from: PathField,
  to: PathField,
  ifExists: IfExists,
});
export type MoveOperation = Static<typeof MoveOperation>;

const copy = {
  kind: Type.Literal('copy'),
  space: SpaceIdField,
  from: PathField,
  to: PathField,
  ifExists: IfExists,
};

/** Files of the copy share their bytes with the originals, and count like them. */
export const CopyOperation = Type.Union([message(copy), message({ ...copy, ...limited })]);
export type CopyOperation = Static<typeof CopyOperation>;

/** To the trash, a folder with all below it. Nothing there: it succeeds and changes nothing. */
export const DeleteOperation = message({
  kind: Type.Literal('delete'),
  space: SpaceIdField,
  path: PathField,
  expected: Expected,
});
export type DeleteOperation = Static<typeof DeleteOperation>;

/**
 * Out of the trash, to `to` or, when it is null, to where the entry was; folders on the way are made. An entry that is not in
 * the trash any more: NS_NOT_FOUND.
 */
export const RestoreOperation = message({
  kind: Type.Literal('restore'),
  space: SpaceIdField,
  trashId: Seq,
  to: nullable(PathField),
  ifExists: IfExists,
});
export type RestoreOperation = Static<typeof RestoreOperation>;

/**
 * Frees entries of the trash for good, each with all below it and all versions. Those that are not in the trash (any more) are left
 * alone. From this record on nothing of them can be restored; one record frees a bounded number of versions, and when more are left
 * the same purge again goes on with them.
 */
export const PurgeOperation = message({
  kind: Type.Literal('purge'),
  space: SpaceIdField,
  trashIds: Type.Array(Seq, { minItems: 1, maxItems: PURGE_ENTRIES_MAX }),
});
export type PurgeOperation = Static<typeof PurgeOperation>;

/** Frees old versions of the file at `path` for good. The current version is left alone, and so is what is not there. */
export const PurgeVersionsOperation = message({
  kind: Type.Literal('purge-versions'),
  space: SpaceIdField,
  path: PathField,
  versions: Type.Array(VersionIdField, { minItems: 1, maxItems: PURGE_VERSIONS_MAX }),
});
export type PurgeVersionsOperation = Static<typeof PurgeVersionsOperation>;

/** Staged blobs that no operation will ever refer to. Referenced ones among them are left alone. */
export const DiscardOperation = message({
  kind: Type.Literal('discard'),
  blobIds: Bytes(0, BLOB_ID_BYTES * DISCARD_BLOBS_MAX),
});
export type DiscardOperation = Static<typeof DiscardOperation>;

export const Operation = Type.Union([
  PutOperation,
  MakeFolderOperation,
  MoveOperation,
  CopyOperation,
  DeleteOperation,
  RestoreOperation,
  PurgeOperation,
  PurgeVersionsOperation,
  DiscardOperation,
]);
export type Operation = Static<typeof Operation>;

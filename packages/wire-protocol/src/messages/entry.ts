/**
 * Entries and files as nodes tell gateways about them. Metadata comes from the primary. Another full member answers a question
 * whose `minSeq` it has applied; any node answers when `allowStale` says that an older state will do. `isStale` says that the answer
 * comes neither from the primary nor from a state of at least `minSeq`.
 *
 *   GET_ENTRY → · ENTRY ←
 *   LIST_ENTRIES → · ENTRIES ←
 *   GET_FILE → · FILE ←                (for reading: the entry's version and the first page of its manifest)
 *   GET_MANIFEST → · MANIFEST ←        (further pages)
 *   GET_HOLDINGS → · HOLDINGS ←        (any node, about itself)
 */
import { EntrySort, ReplicaCount, SortOrder } from '@netstore/shared-types';
import { type Static, Type } from 'typebox';
import { BLOB_REF_BYTES, MANIFEST_PAGE_BLOBS_MAX } from '../manifest.ts';
import { KIB, type MessageDefinition, MIB } from '../message-definition.ts';
import {
  Bytes,
  CONTENT_TYPE_BYTES_MAX,
  Count,
  Epoch,
  Hash,
  message,
  nullable,
  PathField,
  RequestIdField,
  Seq,
  SpaceIdField,
  Text,
  TimeMs,
  UserIdField,
  VersionIdField,
} from './fields.ts';

export const LIST_LIMIT_MAX = 1000;
export const CURSOR_BYTES_MAX = 1024;
/** Versions shown with one entry; older ones are still there. */
export const VERSIONS_SHOWN_MAX = 1000;

/** What is shown of one version of a file. `contentId` names its bytes inside the catalogue: copies share it. */
export const FileVersion = message({
  version: VersionIdField,
  contentId: Count,
  sizeBytes: Count,
  sha256: Hash,
  contentType: Text(CONTENT_TYPE_BYTES_MAX),
  createdAtMs: TimeMs,
  author: UserIdField,
});
export type FileVersion = Static<typeof FileVersion>;

/** One row of a folder. A folder has no `file`. */
export const EntryRow = message({
  path: PathField,
  modifiedAtMs: TimeMs,
  file: nullable(FileVersion),
  /** Filled in by the node that answers; null for folders. */
  replicas: nullable(ReplicaCount),
});
export type EntryRow = Static<typeof EntryRow>;

/** The state that an answer shows: nothing in it is newer than `appliedSeq`. */
const answer = { appliedSeq: Seq, epoch: Epoch, isStale: Type.Boolean() };
const question = {
  requestId: RequestIdField,
  space: SpaceIdField,
  allowStale: Type.Boolean(),
  /** The newest state that whoever asks has seen: from there on, any state is new enough. Null: the present one is asked for. */
  minSeq: nullable(Seq),
};

export const GetEntry = message({
  ...question,
  path: PathField,
  withVersions: Type.Boolean(),
});
export type GetEntry = Static<typeof GetEntry>;

/** `entry` is null when nothing is there. `versions`: newest first, empty unless asked for. */
export const EntryAnswer = message({
  ...answer,
  entry: nullable(EntryRow),
  versions: Type.Array(FileVersion, { maxItems: VERSIONS_SHOWN_MAX }),
});
export type EntryAnswer = Static<typeof EntryAnswer>;

export const ListEntries = message({
  ...question,
  folder: PathField,
  /** From the answer before; null for the first page. */
  after: nullable(Text(CURSOR_BYTES_MAX)),
  limit: Type.Integer({ minimum: 1, maximum: LIST_LIMIT_MAX }),
  sort: EntrySort,
  order: SortOrder,
});
export type ListEntries = Static<typeof ListEntries>;

/** `isFound` is false when the folder is not there. Folders come before files in every order. */
export const EntriesAnswer = message({
  ...answer,
  isFound: Type.Boolean(),
  entries: Type.Array(EntryRow, { maxItems: LIST_LIMIT_MAX }),
  next: nullable(Text(CURSOR_BYTES_MAX)),
});
export type EntriesAnswer = Static<typeof EntriesAnswer>;

/** A run of blobs of one content, from the blob that holds `firstByte` on. */
const ManifestPage = message({
  contentId: Count,
  /** Where in the file the first of `blobs` begins. */
  offsetBytes: Count,
  /** Packed blob references, `manifest.ts`. */
  blobs: Bytes(0, BLOB_REF_BYTES * MANIFEST_PAGE_BLOBS_MAX),
});
export type ManifestPage = Static<typeof ManifestPage>;

/** `version` null: the current one. */
export const GetFile = message({
  ...question,
  path: PathField,
  version: nullable(VersionIdField),
  firstByte: Count,
});
export type GetFile = Static<typeof GetFile>;

/** `entry.file` is the version asked for. Null when no such file or version is there; `isFolder` when a folder is. */
export const FileAnswer = message({
  ...answer,
  isFolder: Type.Boolean(),
  entry: nullable(EntryRow),
  manifest: nullable(ManifestPage),
});
export type FileAnswer = Static<typeof FileAnswer>;

export const GetManifest = message({
  requestId: RequestIdField,
  contentId: Count,
  firstByte: Count,
});
export type GetManifest = Static<typeof GetManifest>;

/** Null when this node has no such content. */
export const ManifestAnswer = message({ manifest: nullable(ManifestPage) });
export type ManifestAnswer = Static<typeof ManifestAnswer>;

export const GetHoldings = message({
  requestId: RequestIdField,
  contentId: Count,
});
export type GetHoldings = Static<typeof GetHoldings>;

/** `verifiedAtMs`: when the blob that was checked longest ago was last found right. */
export const Holdings = message({
  state: Type.Union([Type.Literal('held'), Type.Literal('copying'), Type.Literal('unknown')]),
  verifiedAtMs: nullable(TimeMs),
});
export type Holdings = Static<typeof Holdings>;

export const ENTRY_MESSAGES = {
  GET_ENTRY: {
    type: 0x30,
    schema: GetEntry,
    payloadBytesMax: 8 * KIB,
    source: ['gateway'],
    target: ['node'],
    purpose: 'Asks what is at a path.',
  },
  ENTRY: {
    type: 0x31,
    schema: EntryAnswer,
    payloadBytesMax: MIB,
    source: ['node'],
    target: ['gateway'],
    purpose: 'Says what is at the path, with its versions when asked.',
  },
  LIST_ENTRIES: {
    type: 0x32,
    schema: ListEntries,
    payloadBytesMax: 16 * KIB,
    source: ['gateway'],
    target: ['node'],
    purpose: 'Asks for one page of a folder.',
  },
  ENTRIES: {
    type: 0x33,
    schema: EntriesAnswer,
    payloadBytesMax: 6 * MIB,
    source: ['node'],
    target: ['gateway'],
    purpose: 'Gives one page of a folder.',
  },
  GET_FILE: {
    type: 0x34,
    schema: GetFile,
    payloadBytesMax: 8 * KIB,
    source: ['gateway'],
    target: ['node'],
    purpose: 'Asks for a version of a file and where its bytes are.',
  },
  FILE: {
    type: 0x35,
    schema: FileAnswer,
    payloadBytesMax: 64 * KIB,
    source: ['node'],
    target: ['gateway'],
    purpose: 'Gives the version and the page of its manifest that holds the first byte.',
  },
  GET_MANIFEST: {
    type: 0x36,
    schema: GetManifest,
    payloadBytesMax: KIB,
    source: ['gateway'],
    target: ['node'],
    purpose: 'Asks for a further page of a manifest.',
  },
  MANIFEST: {
    type: 0x37,
    schema: ManifestAnswer,
    payloadBytesMax: 64 * KIB,
    source: ['node'],
    target: ['gateway'],
    purpose: 'Gives a page of a manifest.',
  },
  GET_HOLDINGS: {
    type: 0x38,
    schema: GetHoldings,
    payloadBytesMax: KIB,
    source: ['gateway', 'node'],
    target: ['node'],
    purpose: 'Asks a node whether it holds a content itself.',
  },
  HOLDINGS: {
    type: 0x39,
    schema: Holdings,
    payloadBytesMax: KIB,
    source: ['node'],
    target: ['gateway', 'node'],
    purpose: 'Says whether the node holds the content, and when that was last proven.',
  },
} as const satisfies Record<string, MessageDefinition>;

/** The JSON contract of the public HTTP API for files and the cluster. The gateway serves it; the page reads it. */
import { type Static, Type } from 'typebox';
import { nullable } from './nullable.ts';

const closed = { additionalProperties: false } as const;

/** How many replicas hold the bytes for certain, of how many. A replica of unknown state is not counted. */
export const ReplicaCount = Type.Object({ durable: Type.Integer(), total: Type.Integer() }, closed);
export type ReplicaCount = Static<typeof ReplicaCount>;

const entryProperties = {
  kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
  name: Type.String(),
  /** From the root of the space, no leading slash, NFC. */
  path: Type.String(),
  /** Folders: 0. */
  sizeBytes: Type.Integer(),
  /** Folders: null. */
  contentType: nullable(Type.String()),
  /** ISO 8601, UTC. */
  modifiedAt: Type.String(),
  /** Opaque; quoted, the ETag. Folders: null. */
  version: nullable(Type.String()),
  /** Hex. Folders: null. */
  sha256: nullable(Type.String()),
};

/** `replicas` is null for folders. */
/** Who asks may not rename, move or delete it: it, or something in it, is closed to that. Said where it is so, and left out otherwise. */
const isReadOnly = Type.Optional(Type.Literal(true));

/** `isReadOnly` is told in listings, of what is more closed than the folder that is listed. */
export const Entry = Type.Object({ ...entryProperties, replicas: nullable(ReplicaCount), isReadOnly }, closed);
export type Entry = Static<typeof Entry>;

export const EntriesPage = Type.Object({ entries: Type.Array(Entry), nextCursor: nullable(Type.String()) }, closed);
export type EntriesPage = Static<typeof EntriesPage>;

export const EntrySort = Type.Union([Type.Literal('name'), Type.Literal('sizeBytes'), Type.Literal('modifiedAt')]);
export type EntrySort = Static<typeof EntrySort>;
export const SortOrder = Type.Union([Type.Literal('asc'), Type.Literal('desc')]);
export type SortOrder = Static<typeof SortOrder>;

export const EntriesQuery = Type.Object(
  {
    folder: Type.Optional(Type.String()),
    cursor: Type.Optional(Type.String({ maxLength: 2048 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    sort: Type.Optional(EntrySort),
    order: Type.Optional(SortOrder),
  },
  closed,
);
export type EntriesQuery = Static<typeof EntriesQuery>;

/** `held`: every byte is there. `copying`: known to be missing, being fetched. `unknown`: the node did not answer. */
export const ReplicaState = Type.Union([Type.Literal('held'), Type.Literal('copying'), Type.Literal('unknown')]);
export type ReplicaState = Static<typeof ReplicaState>;

export const Replica = Type.Object(
  {
    node: Type.String(),
    state: ReplicaState,
    /** When this node last read or wrote every byte and found it right; null when it holds none or did not say. */
    verifiedAt: nullable(Type.String()),
  },
  closed,
);
export type Replica = Static<typeof Replica>;

export const Version = Type.Object(
  {
    version: Type.String(),
    sizeBytes: Type.Integer(),
    sha256: Type.String(),
    contentType: Type.String(),
    createdAt: Type.String(),
    isCurrent: Type.Boolean(),
  },
  closed,
);
export type Version = Static<typeof Version>;

/** One entry, with its versions (newest first) and where each copy of the current one is. */
export const EntryDetail = Type.Object(
  {
    ...entryProperties,
    replicas: nullable(Type.Object({ durable: Type.Integer(), total: Type.Integer(), nodes: Type.Array(Replica) }, closed)),
    versions: Type.Array(Version),
  },
  closed,
);
export type EntryDetail = Static<typeof EntryDetail>;

export const IfExists = Type.Union([Type.Literal('fail'), Type.Literal('replace'), Type.Literal('keep-both')]);
export type IfExists = Static<typeof IfExists>;

/** Names one deletion: what is deleted again after it was restored has another. Opaque. */
const TrashId = Type.String({ pattern: '^[1-9][0-9]{0,14}$' });

export const TrashEntry = Type.Object(
  {
    id: TrashId,
    kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
    name: Type.String(),
    /** Where it was. */
    path: Type.String(),
    /** 1 for a file. Null, like the size, for a folder with too much in it to count in passing, or with something hidden. */
    files: nullable(Type.Integer()),
    /** What purging it frees: all versions of it and of all below it. */
    sizeBytes: nullable(Type.Integer()),
    /** ISO 8601, UTC. */
    deletedAt: Type.String(),
    /** A user id. */
    deletedBy: Type.String(),
    /** Then it is neither brought back nor purged. */
    isReadOnly,
    /** When it goes for good by itself. */
    purgeAt: Type.String(),
  },
  closed,
);
export type TrashEntry = Static<typeof TrashEntry>;

export const TrashPage = Type.Object({ entries: Type.Array(TrashEntry), nextCursor: nullable(Type.String()) }, closed);
export type TrashPage = Static<typeof TrashPage>;

export const TrashQuery = Type.Object(
  {
    cursor: Type.Optional(Type.String({ maxLength: 64 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  },
  closed,
);
export type TrashQuery = Static<typeof TrashQuery>;

export const FileOperation = Type.Union([
  Type.Object({ kind: Type.Literal('move'), from: Type.String(), to: Type.String(), ifExists: Type.Optional(IfExists) }, closed),
  Type.Object({ kind: Type.Literal('copy'), from: Type.String(), to: Type.String(), ifExists: Type.Optional(IfExists) }, closed),
  Type.Object({ kind: Type.Literal('make-folder'), path: Type.String() }, closed),
  /** Without `to`, where it was. */
  Type.Object(
    { kind: Type.Literal('restore'), trashId: TrashId, to: Type.Optional(Type.String()), ifExists: Type.Optional(IfExists) },
    closed,
  ),
  /** For good. What is not in the trash is left alone. */
  Type.Object({ kind: Type.Literal('purge'), trashIds: Type.Array(TrashId, { minItems: 1, maxItems: 1000 }) }, closed),
  /** Old versions of one file, for good. The current one is left alone. */
  Type.Object(
    { kind: Type.Literal('purge-versions'), path: Type.String(), versions: Type.Array(Type.String(), { minItems: 1, maxItems: 1000 }) },
    closed,
  ),
]);
export type FileOperation = Static<typeof FileOperation>;

/** What a purge freed. `isComplete` false: the rest of what was named cannot be reached any more and is freed in the background. */
export const PurgeResult = Type.Object(
  {
    /** Those named that were in the trash. */
    entries: Type.Integer(),
    files: Type.Integer(),
    versions: Type.Integer(),
    /** By so much the space uses less. */
    sizeBytes: Type.Integer(),
    isComplete: Type.Boolean(),
  },
  closed,
);
export type PurgeResult = Static<typeof PurgeResult>;

export const TicketRequest = Type.Object(
  {
    path: Type.String(),
    version: Type.Optional(Type.String()),
    disposition: Type.Union([Type.Literal('inline'), Type.Literal('attachment')]),
  },
  closed,
);
export type TicketRequest = Static<typeof TicketRequest>;

export const Ticket = Type.Object({ url: Type.String(), expiresInSeconds: Type.Integer() }, closed);
export type Ticket = Static<typeof Ticket>;

export const ClusterNode = Type.Object(
  {
    id: Type.String(),
    role: Type.Union([Type.Literal('primary'), Type.Literal('secondary'), Type.Literal('learner'), Type.Literal('unreachable')]),
    epoch: nullable(Type.Integer()),
    /** The last record this node holds durably. */
    seq: nullable(Type.Integer()),
    /** Records behind the primary. */
    lag: nullable(Type.Integer()),
    /** Blobs it should hold and does not yet. */
    missingBlobs: nullable(Type.Integer()),
    missingBytes: nullable(Type.Integer()),
    /** Blobs that it lacks and that no other node holds: no waiting brings them back. Null: not known. */
    lostBlobs: nullable(Type.Integer()),
    /** Files that were found wrong here and lie in quarantine. */
    quarantined: nullable(Type.Integer()),
    /** When it last came to the end of reading and proving every byte it holds; null when it never did, or that is not known. */
    lastScrubEndedAt: nullable(Type.String()),
    /** How far the round under way is: 0 to 1. Null between two rounds, or when that is not known. */
    scrubProgress: nullable(Type.Number({ minimum: 0, maximum: 1 })),
    /** Of all that it lacked since it was last seen to lack nothing, how much it has by now: 0 to 1. Null: not known, or not yet. */
    progress: nullable(Type.Number({ minimum: 0, maximum: 1 })),
    /** At the pace of the last half minute, until it lacks nothing; null when that cannot be said. */
    secondsUntilCaughtUp: nullable(Type.Integer()),
    /** Why the node is not counted on, not ready, or takes no new bytes, for people; null when nothing is known against it. */
    problem: nullable(Type.String()),
    freeBytes: nullable(Type.Integer()),
    usedBytes: nullable(Type.Integer()),
    /** Whether stopping this node now leaves a working cluster with nothing at risk, and why not. */
    isSafeToStop: Type.Boolean(),
    reason: Type.String(),
  },
  closed,
);
export type ClusterNode = Static<typeof ClusterNode>;

export const Cluster = Type.Object(
  {
    clusterId: nullable(Type.String()),
    epoch: nullable(Type.Integer()),
    primary: nullable(Type.String()),
    commitSeq: nullable(Type.Integer()),
    /** Whether another node takes over by itself when the primary is silent; null when nobody says. */
    failover: nullable(Type.Union([Type.Literal('automatic'), Type.Literal('manual')])),
    nodes: Type.Array(ClusterNode),
    /** Files with fewer than all copies known to be held; never 0 while a blob is lost; null when that cannot be said. */
    filesAtRisk: nullable(Type.Integer()),
    /** What is lost, why files are at risk, or why nobody can say, for people; null when none are. */
    riskReason: nullable(Type.String()),
    /** At the present pace, until no file is at risk; 0 when none is, null when that cannot be said or a blob is lost. */
    secondsUntilSafe: nullable(Type.Integer()),
  },
  closed,
);
export type Cluster = Static<typeof Cluster>;

/** RFC 9457. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  requestId: Type.String(),
});
export type Problem = Static<typeof Problem>;

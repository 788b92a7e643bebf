/**
 * The tables of the catalogue. Ids of 128 bits and hashes are BLOBs; times are milliseconds since 1970; seqs, ids and sizes are
 * integers below 2^53.
 *
 * The replicated tables are a function of the log alone: equal on every node at an equal applied seq, whatever the groups
 * that records were applied in. The local ones say what this node lacks; they are no part of the digest.
 *
 * Whoever writes a replicated row tells the running digest (`digest/running-digest.ts`); the tables do, and nobody else writes rows.
 */

/** `PRAGMA user_version` of a file this program writes. A file of an older one is made again from the log. */
export const SCHEMA_VERSION = 2;

/**
 * The tables whose rows make the digest, `meta` apart. `columns` are in the order in which rows are hashed, those of the key first.
 * `sortKey` is left out: it follows from `name`.
 */
export const REPLICATED_TABLES = [
  { name: 'spaces', key: ['spaceId'], columns: 'spaceId, rootId, trashId, bytes, files' },
  {
    name: 'entries',
    key: ['id'],
    columns: 'id, parentId, name, isFile, modifiedAtMs, sizeBytes, contentId, versionSeq, levelsBelow, bytesBelow',
  },
  { name: 'versions', key: ['entryId', 'seq'], columns: 'entryId, seq, ordinal, contentId, contentType, createdAtMs, author' },
  { name: 'trash', key: ['trashId'], columns: 'trashId, spaceId, entryId, path, trashedAtMs, trashedBy, isPurging' },
  { name: 'contents', key: ['contentId'], columns: 'contentId, refs, sizeBytes, sha256' },
  { name: 'manifests', key: ['contentId', 'offsetBytes'], columns: 'contentId, offsetBytes, blobs' },
  { name: 'blobs', key: ['blobId'], columns: 'blobId, refs, lengthBytes, crcTableSha256, contentId' },
  { name: 'gone_blobs', key: ['blobId'], columns: 'blobId, expiresAtMs' },
  {
    name: 'operations',
    key: ['operationId'],
    // The words of a rejection are for people and may be bettered by a newer program; its code may not.
    columns: 'operationId, seq, epoch, expiresAtMs, fingerprint, coalesce(rejection, outcome)',
  },
] as const;
export type ReplicatedTable = (typeof REPLICATED_TABLES)[number]['name'];

export const SCHEMA = `
  -- One row: the state this file is at, and what the last records that say it said of epoch and members. rowSum: over all rows of
  -- the replicated tables. checkpointSeq, checkpointBeforeSeq: the last two checkpoints that were applied.
  CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    appliedSeq INTEGER NOT NULL,
    appliedHash BLOB NOT NULL,
    nextEntryId INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    primaryNode TEXT,
    clusterId TEXT,
    members TEXT NOT NULL,
    checkpointSeq INTEGER NOT NULL,
    checkpointBeforeSeq INTEGER NOT NULL,
    rowSum BLOB NOT NULL
  ) STRICT;
  INSERT INTO meta VALUES (1, 0, zeroblob(32), 1, 0, NULL, NULL, '[]', 0, 0, zeroblob(32));

  -- bytes: the sizes of all versions that no purge has freed, old and trashed ones included. files: their files.
  CREATE TABLE spaces (
    spaceId BLOB PRIMARY KEY,
    rootId INTEGER NOT NULL,
    trashId INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    files INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Files and folders, and two rows without a parent for every space: its root, named '', and its trash, named 'trash'.
  -- versionSeq: the current version. levelsBelow, bytesBelow: no path below this folder, taken from it, has or had more
  -- levels or bytes; so that a move can tell without a walk that no path becomes too long.
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    parentId INTEGER,
    name TEXT NOT NULL,
    sortKey BLOB NOT NULL,
    isFile INTEGER NOT NULL,
    modifiedAtMs INTEGER NOT NULL,
    sizeBytes INTEGER NOT NULL,
    contentId INTEGER,
    versionSeq INTEGER,
    levelsBelow INTEGER NOT NULL,
    bytesBelow INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entries_by_path ON entries (parentId, name);
  CREATE INDEX entries_by_name ON entries (parentId, isFile, sortKey);
  CREATE INDEX entries_by_size ON entries (parentId, isFile, sizeBytes, sortKey);
  CREATE INDEX entries_by_time ON entries (parentId, isFile, modifiedAtMs, sortKey);
  CREATE INDEX entries_by_content ON entries (contentId, parentId) WHERE contentId IS NOT NULL;

  -- The version that the record at seq made; ordinal tells apart the files of a folder copied by one record.
  CREATE TABLE versions (
    entryId INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    contentId INTEGER NOT NULL,
    contentType TEXT NOT NULL,
    createdAtMs INTEGER NOT NULL,
    author BLOB NOT NULL,
    PRIMARY KEY (entryId, seq)
  ) STRICT, WITHOUT ROWID;

  -- Where a trashed entry was. Its row hangs below the trash of its space under its own id as a name. trashId: the seq of the
  -- record that trashed it. isPurging: a purge has named it; what is below it is being freed and cannot be restored.
  CREATE TABLE trash (
    trashId INTEGER PRIMARY KEY,
    spaceId BLOB NOT NULL,
    entryId INTEGER NOT NULL,
    path TEXT NOT NULL,
    trashedAtMs INTEGER NOT NULL,
    trashedBy BLOB NOT NULL,
    isPurging INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX trash_by_space ON trash (spaceId, isPurging, trashId);
  CREATE INDEX trash_by_time ON trash (isPurging, trashedAtMs, trashId);

  -- contentId: the seq of the put that made it. refs: versions that have it.
  CREATE TABLE contents (
    contentId INTEGER PRIMARY KEY,
    refs INTEGER NOT NULL,
    sizeBytes INTEGER NOT NULL,
    sha256 BLOB NOT NULL
  ) STRICT;

  -- Packed blob references, in runs of at most MANIFEST_PAGE_BLOBS_MAX; offsetBytes: where in the file the run begins.
  CREATE TABLE manifests (
    contentId INTEGER NOT NULL,
    offsetBytes INTEGER NOT NULL,
    blobs BLOB NOT NULL,
    PRIMARY KEY (contentId, offsetBytes)
  ) STRICT, WITHOUT ROWID;

  -- refs: how often contents name the blob. contentId: the first that did.
  CREATE TABLE blobs (
    blobId BLOB PRIMARY KEY,
    refs INTEGER NOT NULL,
    lengthBytes INTEGER NOT NULL,
    crcTableSha256 BLOB NOT NULL,
    contentId INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Blobs that a record has let go, for as long as a straggler may still name them: no record may refer to them again.
  CREATE TABLE gone_blobs (
    blobId BLOB PRIMARY KEY,
    expiresAtMs INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX gone_blobs_by_expiry ON gone_blobs (expiresAtMs, blobId);

  -- Outcomes, kept for retries. rejection: the code, when it was one. outcome: CBOR.
  CREATE TABLE operations (
    operationId BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    expiresAtMs INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    rejection TEXT,
    outcome BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX operations_by_expiry ON operations (expiresAtMs);

  -- Local: blobs this node should hold and does not. seq: the record that needs it.
  CREATE TABLE missing_blobs (
    blobId BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    lengthBytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX missing_blobs_by_seq ON missing_blobs (seq);

  -- Local: checkpoints that the catalogue before this one differed from.
  CREATE TABLE doubts (seq INTEGER PRIMARY KEY) STRICT;

  -- Local: blobs that an applied record left without references, and whose files this node has still to unlink.
  CREATE TABLE unlinks (blobId BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

  -- Local, one row: the sum of missing_blobs, so that asking for it costs nothing.
  CREATE TABLE debt (id INTEGER PRIMARY KEY CHECK (id = 1), blobs INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
  INSERT INTO debt VALUES (1, 0, 0);
  CREATE TRIGGER debt_grows AFTER INSERT ON missing_blobs BEGIN
    UPDATE debt SET blobs = blobs + 1, bytes = bytes + NEW.lengthBytes;
  END;
  CREATE TRIGGER debt_shrinks AFTER DELETE ON missing_blobs BEGIN
    UPDATE debt SET blobs = blobs - 1, bytes = bytes - OLD.lengthBytes;
  END;
`;

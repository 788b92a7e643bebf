/**
 * What the rest of the node may ask of the store of blobs. Two implementations pass one conformance suite: the disk's and
 * memory's. A store knows bytes and ids; it knows no files, records, peers or epochs.
 */
import type { BlobId } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import type { KeptFolder } from './kept-folder.ts';

/** 64 KiB of a blob, fewer in the last one, with the checksum that `ChunkChecksum` gives. */
export interface Chunk {
  readonly chunkIndex: number;
  readonly crc: number;
  readonly bytes: Uint8Array;
}

/** `staged`: sealed and durable, not yet referred to by a record this node applied. `kept`: referred to. */
export type BlobPlace = 'staged' | 'kept';

/** One blob on its way in. Disposing of it before `seal` has returned leaves nothing behind. */
export interface BlobWriter extends AsyncDisposable {
  /**
   * Chunks come in order. Throws `NS_CHECKSUM_MISMATCH` when bytes and checksum disagree, `NS_FRAME_MALFORMED` when the
   * chunk is not the next one or has the wrong length, `NS_DISK_FULL`.
   */
  write(chunk: Chunk): Promise<void>;
  /**
   * When it returns, the blob survives a power cut. Throws `NS_BODY_LENGTH_MISMATCH` when chunks are missing and
   * `NS_DIGEST_MISMATCH` when the checksums do not hash to `crcTableSha256`.
   */
  seal(crcTableSha256: Uint8Array): Promise<void>;
}

export interface BlobReader {
  /**
   * Chunks from `firstChunk` on, at most `chunkCount`, each checked. Throws `NS_BLOB_MISSING` before the first chunk when
   * the store has no such blob and `NS_BLOB_DAMAGED` when bytes, footer or length are not what was sealed. The bytes of
   * a chunk may be overwritten once the next one is asked for.
   */
  read(blobId: BlobId, firstChunk: number, chunkCount: number): AsyncIterable<Chunk>;
}

export interface StagedBlob {
  readonly blobId: BlobId;
  readonly sealedAtMs: number;
}

export interface DiskSpace {
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** Of the free bytes, what no blob may take. */
  readonly reserveBytes: number;
  /** Each file takes one, so a disk can be full of small blobs while bytes are free. Null where the file system does not count them. */
  readonly inodes: { readonly free: number; readonly reserve: number } | null;
}

export interface BlobStore extends BlobReader, AsyncDisposable {
  /**
   * Two writers of one id may be open at once: the bytes are the same by the rule of ids, and the last seal stays. A blob
   * that is staged or kept already may be staged again. Throws `NS_DISK_FULL` when the reserve would be touched; when `isAwaited`,
   * that is when a record of the log waits for the blob and others behind it, half of the reserve may be taken.
   */
  stage(blobId: BlobId, lengthBytes: number, options?: { readonly isAwaited?: boolean }): Promise<BlobWriter>;
  /** Whether `find` would find it. Asked several times for each blob that comes in, so it costs nothing soon after the seal. */
  has(blobId: BlobId): Promise<boolean>;
  /** Where the blob is; it is known to be sealed, not to be free of rot. */
  find(blobId: BlobId): Promise<BlobPlace | undefined>;
  /** From `staged` to `kept`; false when the store does not have it. Idempotent. Needs no sync: either place is found after a crash. */
  keep(blobId: BlobId): Promise<boolean>;
  /** Unlinks a staged blob; a kept or unknown one is left alone. Only an applied record may ask for it. */
  discard(blobId: BlobId): Promise<void>;
  /** Unlinks a blob wherever it is. Only an applied record that left it without references may ask for it. Idempotent. */
  unlink(blobId: BlobId): Promise<void>;
  /** Moves a bad copy aside, never deletes it. */
  quarantine(blobId: BlobId, reason: string): Promise<void>;
  /**
   * Reads every byte and holds it against the log's word; notes the time when all was right. Throws `NS_BLOB_MISSING` and
   * `NS_BLOB_DAMAGED`.
   */
  verify(ref: BlobRef): Promise<void>;
  /** Those of which a copy was ever moved aside here. */
  quarantinedAmong(blobIds: readonly BlobId[]): Promise<ReadonlySet<BlobId>>;
  /** When the blob was last wholly written or read and found right; undefined when it is not here. */
  verifiedAtMs(blobId: BlobId): Promise<number | undefined>;
  /** Every staged blob, in no order. */
  staged(): AsyncIterable<StagedBlob>;
  /** Kept blobs whose ids begin with `shard`, two hex digits, and what else is where they are kept. */
  kept(shard: string): Promise<KeptFolder>;
  /** From `kept` back to `staged`, as if sealed now: for what no content refers to. False when it is not kept. */
  unkeep(blobId: BlobId): Promise<boolean>;
  /** Moves aside what is no blob, by a name that `kept` gave. False when it is gone. */
  quarantineForeign(shard: string, name: string): Promise<boolean>;
  space(): Promise<DiskSpace>;
}

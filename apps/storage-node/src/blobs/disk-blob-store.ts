/**
 * The store of blobs on a disk: one file a blob, in staging/ until a record refers to it, then in blobs/. It keeps back a reserve of
 * the disk for the log and the catalogue, deletes nothing on its own, and knows no files, records or peers.
 */
import { type FileHandle, rename, stat, statfs, writeFile } from 'node:fs/promises';
import type { Logger } from '@netstore/service-kit';
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import type { BlobRef } from '@netstore/wire-protocol';
import { errnoOf, isDiskFull, toDiskError } from '../log/disk-error.ts';
import { Durability, type OnFatal } from '../log/durability.ts';
import { FILE_MODE } from '../log/durable-file.ts';
import { DurableFolder } from '../log/durable-folder.ts';
import { UncachedReader } from '../log/uncached-reader.ts';
import { missing } from './blob-file.ts';
import { makeShards, removeParts } from './blob-folders.ts';
import { type BlobDirs, keptPath, partPath, quarantinePath, stagedPath } from './blob-path.ts';
import { openBlobFile, readChunks, readFooter } from './blob-reader.ts';
import type { BlobPlace, BlobStore, BlobWriter, Chunk, DiskSpace, StagedBlob } from './blob-store.ts';
import { DiskBlobWriter } from './blob-writer.ts';
import { IncomingBlob } from './incoming-blob.ts';
import { type KeptFolder, listKept, moveToStaging, setForeignAside } from './kept-folder.ts';
import { lookFor } from './look-for.ts';
import { findQuarantined } from './quarantined-among.ts';
import { requireRoom } from './require-room.ts';
import { SealedBlobs } from './sealed-blobs.ts';
import { Slots } from './slots.ts';
import { listStaged } from './staged-folder.ts';
import { unlinkEverywhere, unlinkStaged } from './unlink-blob.ts';
import { noteVerified, verifyFile } from './verify-file.ts';

/** Each holds up to 1 MiB and one descriptor. */
const WRITERS_MAX = 256;
/** Kept free of blobs: the log, the catalogue and a snapshot begin new files, and what is moved aside is given a reason in one. */
const RESERVE_INODES = 64;
/** Of Node's four threads for files one stays free for the log. */
const SYNCS_AT_ONCE = 3;

export interface DiskBlobStoreOptions {
  readonly dirs: BlobDirs;
  /** Of the disk's size, kept free of blobs: 0.02. */
  readonly reserveFraction: number;
  /** Kept free of blobs however small the disk is. */
  readonly reserveBytesMin: number;
  /** Blobs synced at once; more is faster for small blobs when `UV_THREADPOOL_SIZE` is larger too. */
  readonly syncsAtOnce?: number;
  readonly logger?: Logger;
  readonly onFatal?: OnFatal;
}

export class DiskBlobStore implements BlobStore {
  readonly #options: DiskBlobStoreOptions;
  readonly #dirs: BlobDirs;
  readonly #durability: Durability;
  readonly #stagingFolder: DurableFolder;
  readonly #syncSlots: Slots;
  readonly #uncached = new UncachedReader();
  /** The reader has one buffer. */
  readonly #provingSlot = new Slots(1);
  readonly #writers = new Set<DiskBlobWriter>();
  readonly #sealed = new SealedBlobs();
  /** Of writers that are being opened. */
  #openingBytes = 0;
  #openingCount = 0;
  #partNumber = 0;
  #isClosed = false;

  /** Makes the folders of blobs/ and removes what earlier processes left unsealed: it was never acknowledged. */
  static async open(options: DiskBlobStoreOptions): Promise<DiskBlobStore> {
    const durability = new Durability(options.onFatal);
    await makeShards(options.dirs.blobs, durability);
    const removed = await removeParts(options.dirs.staging);
    if (removed > 0) options.logger?.info({ count: removed }, 'removed blobs that were never sealed');
    const stagingFolder = await DurableFolder.open(options.dirs.staging, durability);
    // A seal of the process before may have been cut off between name and folder; what has its name now shall keep it.
    await stagingFolder.sync();
    return new DiskBlobStore(options, { durability, stagingFolder });
  }

  private constructor(
    options: DiskBlobStoreOptions,
    { durability, stagingFolder }: { durability: Durability; stagingFolder: DurableFolder },
  ) {
    this.#options = options;
    this.#dirs = options.dirs;
    this.#durability = durability;
    this.#stagingFolder = stagingFolder;
    this.#syncSlots = new Slots(options.syncsAtOnce ?? SYNCS_AT_ONCE);
  }

  async stage(blobId: BlobId, lengthBytes: number, { isAwaited = false } = {}): Promise<BlobWriter> {
    const incoming = new IncomingBlob(blobId, lengthBytes);
    this.#requireOpen();
    if (this.#writers.size + this.#openingCount >= WRITERS_MAX) {
      throw new NetStoreError('NS_BUSY', `Too many blobs are being received: ${WRITERS_MAX} at most`);
    }
    this.#openingCount += 1;
    this.#openingBytes += lengthBytes;
    try {
      requireRoom(await this.space(), { promisedBytes: this.#promisedBytes, promisedFiles: this.#openingCount, isAwaited });
      this.#partNumber += 1;
      const writer = await DiskBlobWriter.open({
        incoming,
        partPath: partPath(this.#dirs, blobId, this.#partNumber),
        sealedPath: stagedPath(this.#dirs, blobId),
        stagingFolder: this.#stagingFolder,
        durability: this.#durability,
        syncSlots: this.#syncSlots,
        onClosed: (closed) => {
          this.#writers.delete(closed);
          this.#sealed.end(blobId, closed);
        },
      });
      this.#writers.add(writer);
      this.#sealed.begin(blobId);
      if (this.#isClosed) await writer[Symbol.asyncDispose]();
      this.#requireOpen();
      return writer;
    } finally {
      this.#openingCount -= 1;
      this.#openingBytes -= lengthBytes;
    }
  }

  async *read(blobId: BlobId, firstChunk: number, chunkCount: number): AsyncGenerator<Chunk> {
    const found = await this.#open(blobId);
    if (found === undefined) throw missing(blobId);
    await using handle = found.handle;
    const footer = await readFooter(handle, blobId);
    yield* readChunks(handle, blobId, footer, { firstChunk, chunkCount });
    // Of a staged blob the file's time says when it was sealed.
    if (found.place === 'kept' && firstChunk === 0 && chunkCount >= footer.crcs.length) await noteVerified(handle);
  }

  async verify(ref: BlobRef): Promise<void> {
    const found = await this.#open(ref.blobId);
    if (found === undefined) throw missing(ref.blobId);
    await using handle = found.handle;
    const path = found.place === 'kept' ? keptPath(this.#dirs, ref.blobId) : stagedPath(this.#dirs, ref.blobId);
    await this.#provingSlot.run(() => verifyFile(path, ref, this.#uncached));
    if (found.place === 'kept') await noteVerified(handle);
  }

  async has(blobId: BlobId): Promise<boolean> {
    return this.#sealed.has(blobId) || (await this.find(blobId)) !== undefined;
  }

  async find(blobId: BlobId): Promise<BlobPlace | undefined> {
    return (await lookFor(this.#dirs, blobId, (path) => stat(path)))?.place;
  }

  async keep(blobId: BlobId): Promise<boolean> {
    try {
      await this.#sealed.moving(blobId, () => rename(stagedPath(this.#dirs, blobId), keptPath(this.#dirs, blobId)));
      return true;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw toDiskError(error, `Keeping blob ${blobId}`);
    }
    return (await this.find(blobId)) === 'kept';
  }

  discard(blobId: BlobId): Promise<void> {
    return this.#sealed.moving(blobId, () => unlinkStaged(this.#dirs, blobId));
  }

  unlink(blobId: BlobId): Promise<void> {
    return this.#sealed.moving(blobId, () => unlinkEverywhere(this.#dirs, blobId));
  }

  async quarantine(blobId: BlobId, reason: string): Promise<void> {
    const aside = quarantinePath(this.#dirs, blobId);
    // The copy that a read would have met; another one, of a later seal, stays.
    const moved = await this.#sealed.moving(blobId, () => lookFor(this.#dirs, blobId, (path) => rename(path, aside)));
    if (moved === undefined) return;
    try {
      await writeFile(`${aside}.reason`, `${reason}\n`, { mode: FILE_MODE });
    } catch (error) {
      if (!isDiskFull(error)) throw toDiskError(error, `Writing ${aside}.reason`);
    }
  }

  quarantinedAmong(blobIds: readonly BlobId[]): Promise<ReadonlySet<BlobId>> {
    return findQuarantined(this.#dirs.quarantine, blobIds);
  }

  async verifiedAtMs(blobId: BlobId): Promise<number | undefined> {
    const found = await lookFor(this.#dirs, blobId, (path) => stat(path));
    return found === undefined ? undefined : Math.floor(found.result.mtimeMs);
  }

  staged(): AsyncGenerator<StagedBlob> {
    return listStaged(this.#dirs);
  }

  kept(shard: string): Promise<KeptFolder> {
    return listKept(this.#dirs, shard);
  }

  unkeep(blobId: BlobId): Promise<boolean> {
    return moveToStaging(this.#dirs, blobId);
  }

  quarantineForeign(shard: string, name: string): Promise<boolean> {
    return setForeignAside(this.#dirs, shard, name);
  }

  async space(): Promise<DiskSpace> {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(this.#dirs.staging);
    const [usedBytes, freeBytes] = [(blocks - bfree) * bsize, bavail * bsize];
    const { reserveFraction, reserveBytesMin } = this.#options;
    const reserveBytes = Math.max(reserveBytesMin, Math.ceil(reserveFraction * (usedBytes + freeBytes)));
    return { usedBytes, freeBytes, reserveBytes, inodes: files === 0 ? null : { free: ffree, reserve: RESERVE_INODES } };
  }

  /** Writers that are still open are abandoned. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#durability.hasFailed) return;
    for (const writer of this.#writers) await writer[Symbol.asyncDispose]();
    await this.#stagingFolder[Symbol.asyncDispose]();
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new NetStoreError('NS_UNAVAILABLE', 'Store of blobs is closed');
  }

  get #promisedBytes(): number {
    return [...this.#writers].reduce((sum, { unwrittenBytes }) => sum + unwrittenBytes, this.#openingBytes);
  }

  async #open(blobId: BlobId): Promise<{ place: BlobPlace; handle: FileHandle } | undefined> {
    const found = await lookFor(this.#dirs, blobId, (path) => openBlobFile(path, blobId));
    return found === undefined ? undefined : { place: found.place, handle: found.result };
  }
}

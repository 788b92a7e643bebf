/**
 * A snapshot on its way in: chunks in order, each checked, in a file that bears the snapshot's id, so that a transfer that broke goes on
 * where it stopped, also in another process. What was cut off in the middle of a write is found when the whole file is proved.
 */
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, type Chunk, ChunkChecksum } from '@netstore/wire-protocol';
import { toDiskError } from '../../log/disk-error.ts';
import type { Durability } from '../../log/durability.ts';
import { FILE_MODE, syncFolder, writeFully } from '../../log/durable-file.ts';
import { readyPath } from './finish-install.ts';
import type { SnapshotFacts } from './snapshot-file.ts';
import { runSnapshotJob } from './snapshot-job.ts';

const PART = /^incoming-([0-9a-f]{32})\.part$/;

export interface BegunSnapshot {
  readonly snapshotId: BlobId;
  /** Whole chunks that are here. */
  readonly chunks: number;
}

/** What a transfer left that broke; undefined when there is nothing to go on with. */
export async function findBegun(dir: string): Promise<BegunSnapshot | undefined> {
  await mkdir(dir, { recursive: true });
  for (const name of await readdir(dir)) {
    const snapshotId = PART.exec(name)?.[1] as BlobId | undefined;
    if (snapshotId !== undefined) return { snapshotId, chunks: Math.floor((await stat(join(dir, name))).size / CHUNK_BYTES) };
  }
  return undefined;
}

export class IncomingSnapshot implements AsyncDisposable {
  readonly #dir: string;
  readonly #path: string;
  readonly #sizeBytes: number;
  readonly #file: FileHandle;
  readonly #checksum: ChunkChecksum;
  #nextChunk: number;

  /** Goes on with what is there from `firstChunk` on; a part of another snapshot is let go. */
  static async open(
    dir: string,
    { snapshotId, sizeBytes, firstChunk }: { readonly snapshotId: BlobId; readonly sizeBytes: number; readonly firstChunk: number },
  ): Promise<IncomingSnapshot> {
    const begun = await findBegun(dir);
    if (begun !== undefined && begun.snapshotId !== snapshotId) await rm(partPath(dir, begun.snapshotId));
    if (firstChunk > (begun?.snapshotId === snapshotId ? begun.chunks : 0))
      throw new NetStoreError(
        'NS_MESSAGE_UNEXPECTED',
        `Snapshot is offered from chunk ${firstChunk} on, which does not follow what is here`,
      );
    const path = partPath(dir, snapshotId);
    try {
      const file = await open(path, firstChunk === 0 ? 'w' : 'r+', FILE_MODE);
      await file.truncate(firstChunk * CHUNK_BYTES);
      return new IncomingSnapshot({ dir, path, sizeBytes, file, checksum: new ChunkChecksum(snapshotId), firstChunk });
    } catch (error) {
      throw toDiskError(error, `Opening ${path}`);
    }
  }

  private constructor(parts: {
    readonly dir: string;
    readonly path: string;
    readonly sizeBytes: number;
    readonly file: FileHandle;
    readonly checksum: ChunkChecksum;
    readonly firstChunk: number;
  }) {
    this.#dir = parts.dir;
    this.#path = parts.path;
    this.#sizeBytes = parts.sizeBytes;
    this.#file = parts.file;
    this.#checksum = parts.checksum;
    this.#nextChunk = parts.firstChunk;
  }

  get receivedBytes(): number {
    return Math.min(this.#nextChunk * CHUNK_BYTES, this.#sizeBytes);
  }

  /** Throws `NS_CHECKSUM_MISMATCH` or `NS_MESSAGE_UNEXPECTED` when it is not the next chunk, whole; `NS_DISK_FULL`. */
  async write({ chunkIndex, crc, bytes }: Chunk): Promise<void> {
    const offset = this.#nextChunk * CHUNK_BYTES;
    const length = Math.min(CHUNK_BYTES, this.#sizeBytes - offset);
    if (chunkIndex !== this.#nextChunk || bytes.length !== length)
      throw new NetStoreError(
        'NS_MESSAGE_UNEXPECTED',
        `Snapshot goes on with chunk ${this.#nextChunk} of ${length} bytes, got ${chunkIndex}`,
      );
    if (this.#checksum.of(chunkIndex, bytes) !== crc)
      throw new NetStoreError('NS_CHECKSUM_MISMATCH', `Chunk ${chunkIndex} of the snapshot is damaged`);
    try {
      await writeFully(this.#file, bytes, offset);
    } catch (error) {
      throw toDiskError(error, `Writing ${this.#path}`);
    }
    this.#nextChunk += 1;
  }

  /**
   * Proves the file and makes it the one that `finishInstall` switches in, durably. Throws `NS_CATALOGUE_DAMAGED` when it is not what
   * was announced; nothing is left of it then.
   */
  async finish(facts: SnapshotFacts, durability: Durability): Promise<void> {
    try {
      await runSnapshotJob({ kind: 'prepare', path: this.#path, expected: facts });
    } catch (error) {
      await rm(this.#path, { force: true });
      throw error;
    }
    await durability.file(this.#file, this.#path);
    await rename(this.#path, readyPath(this.#dir));
    await syncFolder(this.#dir, durability);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close();
  }
}

function partPath(dir: string, snapshotId: BlobId): string {
  return join(dir, `incoming-${snapshotId}.part`);
}

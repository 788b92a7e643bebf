/**
 * The copy of its catalogue that this node gives to others. It is made when somebody asks and kept for a while, so that a transfer that
 * broke goes on with the same bytes, and a second node gets them as well.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, type Chunk, ChunkChecksum } from '@netstore/wire-protocol';
import { removeCopy, type SnapshotFacts } from './snapshot-file.ts';
import { runSnapshotJob } from './snapshot-job.ts';

/** A new transfer takes the copy that is there when it is no older. */
const FRESH_MS = 10 * 60_000;
/** Without a reader it is removed after so long. */
const KEPT_MS = 30 * 60_000;
const TIDY_INTERVAL_MS = 60_000;
const PREFIX = 'outgoing-';

export interface Snapshot extends SnapshotFacts {
  readonly snapshotId: BlobId;
  readonly path: string;
}

interface Shelved extends Snapshot {
  readonly madeAt: number;
  usedAt: number;
}

export class SnapshotShelf implements AsyncDisposable {
  readonly #cataloguePath: string;
  readonly #dir: string;
  readonly #timer: NodeJS.Timeout;
  #shelved: Shelved | undefined;
  #making: Promise<Shelved> | undefined;

  /** What an earlier process left in `dir` is removed. */
  static async open({ cataloguePath, dir }: { readonly cataloguePath: string; readonly dir: string }): Promise<SnapshotShelf> {
    await mkdir(dir, { recursive: true });
    for (const name of readdirSync(dir)) if (name.startsWith(PREFIX)) removeCopy(join(dir, name));
    return new SnapshotShelf(cataloguePath, dir);
  }

  private constructor(cataloguePath: string, dir: string) {
    this.#cataloguePath = cataloguePath;
    this.#dir = dir;
    this.#timer = setInterval(() => this.#tidy(), TIDY_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Records behind this one have to stay in the log: whoever gets the copy goes on from there. Undefined when there is none. */
  get neededSeq(): number | undefined {
    return this.#shelved?.position.seq;
  }

  /** The one of that id if it is still there, else one that is fresh. Throws `NS_DISK_FULL`. */
  async get(snapshotId: BlobId | null): Promise<Snapshot> {
    const present = this.#shelved;
    const isWanted = present !== undefined && (present.snapshotId === snapshotId || performance.now() - present.madeAt < FRESH_MS);
    if (isWanted) {
      present.usedAt = performance.now();
      return present;
    }
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return await this.#making;
  }

  /** From the chunk on, to the end of the file. */
  async *read({ snapshotId, path, sizeBytes }: Snapshot, firstChunk: number): AsyncGenerator<Chunk> {
    const checksum = new ChunkChecksum(snapshotId);
    // Once it is open, the bytes are there whatever becomes of the name.
    await using file = await openCopy(path);
    const chunks = Math.ceil(sizeBytes / CHUNK_BYTES);
    for (let chunkIndex = firstChunk; chunkIndex < chunks; chunkIndex += 1) {
      const bytes = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes - chunkIndex * CHUNK_BYTES));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, chunkIndex * CHUNK_BYTES);
      if (bytesRead !== bytes.length)
        throw new NetStoreError('NS_UNAVAILABLE', `Snapshot ends early: ${bytesRead} of ${bytes.length} bytes`);
      yield { chunkIndex, crc: checksum.of(chunkIndex, bytes), bytes };
      if (this.#shelved?.snapshotId === snapshotId) this.#shelved.usedAt = performance.now();
    }
  }

  async #make(): Promise<Shelved> {
    const snapshotId = randomBytes(16).toString('hex') as BlobId;
    const path = join(this.#dir, `${PREFIX}${snapshotId}.db`);
    const facts = await runSnapshotJob({ kind: 'copy', from: this.#cataloguePath, to: path });
    this.#drop();
    const now = performance.now();
    this.#shelved = { ...facts, snapshotId, path, madeAt: now, usedAt: now };
    return this.#shelved;
  }

  #tidy(): void {
    if (this.#shelved !== undefined && performance.now() - this.#shelved.usedAt > KEPT_MS) this.#drop();
  }

  #drop(): void {
    if (this.#shelved !== undefined) removeCopy(this.#shelved.path);
    this.#shelved = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#making?.catch(() => undefined);
    this.#drop();
  }
}

/** Throws `NS_BUSY` when the copy is gone: the next question finds another. */
async function openCopy(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new NetStoreError('NS_BUSY', 'The snapshot was replaced by a newer one', { cause: error });
  }
}

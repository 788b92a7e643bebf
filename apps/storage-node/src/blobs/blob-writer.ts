/**
 * One blob on its way to the disk: checked chunk by chunk, gathered into large writes, then made durable in this order: bytes
 * and footer, then the name, then the folder that holds the name. Whatever interrupts that leaves a `.part` file, which
 * is removed by the writer, or by the next start.
 */
import { type FileHandle, open, rename } from 'node:fs/promises';
import { NetStoreError } from '@netstore/shared-types';
import { toDiskError } from '../log/disk-error.ts';
import type { Durability } from '../log/durability.ts';
import { FILE_MODE, removeLeftover, writeFully } from '../log/durable-file.ts';
import type { DurableFolder } from '../log/durable-folder.ts';
import { encodeFooter, FOOTER_BYTES_MAX } from './blob-file.ts';
import type { BlobWriter, Chunk } from './blob-store.ts';
import type { IncomingBlob } from './incoming-blob.ts';
import type { Slots } from './slots.ts';

/** Chunks are gathered up to this much: a write costs a trip to another thread whatever its size. */
const WRITE_BYTES = 1024 * 1024;

export interface DiskBlobWriterOptions {
  readonly incoming: IncomingBlob;
  readonly partPath: string;
  readonly sealedPath: string;
  readonly stagingFolder: DurableFolder;
  readonly durability: Durability;
  readonly syncSlots: Slots;
  /** The writer has nothing open any more, sealed or not. */
  readonly onClosed: (writer: DiskBlobWriter) => void;
}

export class DiskBlobWriter implements BlobWriter {
  readonly #options: DiskBlobWriterOptions;
  readonly #handle: FileHandle;
  readonly #incoming: IncomingBlob;
  /** Chunks not yet written, with room for the footer behind the last ones. */
  readonly #gathered: Buffer;
  #gatheredBytes = 0;
  #position = 0;
  #state: 'open' | 'sealed' | 'abandoned' = 'open';
  /** The calls at work: disposing of the writer waits for them. */
  #working: Promise<void> = Promise.resolve();

  static async open(options: DiskBlobWriterOptions): Promise<DiskBlobWriter> {
    try {
      return new DiskBlobWriter(options, await open(options.partPath, 'wx', FILE_MODE));
    } catch (error) {
      throw toDiskError(error, `Making ${options.partPath}`);
    }
  }

  private constructor(options: DiskBlobWriterOptions, handle: FileHandle) {
    this.#options = options;
    this.#incoming = options.incoming;
    this.#handle = handle;
    this.#gathered = Buffer.allocUnsafeSlow(Math.min(WRITE_BYTES, options.incoming.lengthBytes) + FOOTER_BYTES_MAX);
  }

  /** What is still to come of the blob and has no room on the disk yet. */
  get unwrittenBytes(): number {
    return Math.max(0, this.#incoming.lengthBytes - this.#position);
  }

  get isSealed(): boolean {
    return this.#state === 'sealed';
  }

  write(chunk: Chunk): Promise<void> {
    return this.#work(async () => {
      this.#incoming.accept(chunk);
      if (this.#gatheredBytes + chunk.bytes.length > this.#gathered.length - FOOTER_BYTES_MAX) await this.#flush();
      this.#gathered.set(chunk.bytes, this.#gatheredBytes);
      this.#gatheredBytes += chunk.bytes.length;
    });
  }

  seal(crcTableSha256: Uint8Array): Promise<void> {
    return this.#work(async () => {
      this.#incoming.finish(crcTableSha256);
      const footer = encodeFooter(this.#incoming.blobId, this.#incoming);
      this.#gathered.set(footer, this.#gatheredBytes);
      this.#gatheredBytes += footer.length;
      await this.#flush();
      const { durability, partPath, sealedPath, stagingFolder, syncSlots } = this.#options;
      await syncSlots.run(() => durability.file(this.#handle, partPath));
      try {
        await this.#handle.close();
        await rename(partPath, sealedPath);
      } catch (error) {
        throw await this.#abandon(toDiskError(error, `Naming ${sealedPath}`));
      }
      await stagingFolder.sync();
      this.#state = 'sealed';
      this.#options.onClosed(this);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // After a failed sync nothing settles any more, and nothing on the disk may be touched.
    if (this.#options.durability.hasFailed) return;
    await this.#working;
    if (this.#state === 'open') await this.#abandon(undefined);
  }

  async #flush(): Promise<void> {
    try {
      await writeFully(this.#handle, this.#gathered.subarray(0, this.#gatheredBytes), this.#position);
    } catch (error) {
      throw await this.#abandon(toDiskError(error, `Writing ${this.#options.partPath}`));
    }
    this.#position += this.#gatheredBytes;
    this.#gatheredBytes = 0;
  }

  async #abandon<Reason>(reason: Reason): Promise<Reason> {
    this.#state = 'abandoned';
    await this.#handle.close();
    await removeLeftover(this.#options.partPath);
    this.#options.onClosed(this);
    return reason;
  }

  /** One call at a time, whether the caller waits or not: chunks that overtook each other would be sealed in the wrong place. */
  #work(run: () => Promise<void>): Promise<void> {
    const done = this.#working.then(() => {
      if (this.#state === 'open') return run();
      throw new NetStoreError('NS_INTERNAL', `Blob ${this.#incoming.blobId} is ${this.#state} already`);
    });
    this.#working = done.catch(() => undefined);
    return done;
  }
}

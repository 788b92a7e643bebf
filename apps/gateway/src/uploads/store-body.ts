/**
 * Cuts a body into blobs and puts them on the nodes: one blob is filled while the one before is sent. What has been stored is
 * known at every moment, also when it fails in the middle, so that the caller can abandon it.
 */
import { createHash } from 'node:crypto';
import { type BlobId, NetStoreError, type Sha256 } from '@netstore/shared-types';
import { type BlobRef, MANIFEST_BLOBS_MAX } from '@netstore/wire-protocol';
import type { OutgoingBlob } from '../cluster/put-blob.ts';
import type { BodyReader } from './body-reader.ts';
import { FillingBlob } from './filling-blob.ts';
import type { UploadShare } from './upload-memory.ts';

export interface StoreBodyOptions {
  readonly share: UploadShare;
  /** Resolves when the blob is held by the cluster. */
  readonly putBlob: (blob: OutgoingBlob, signal: AbortSignal) => Promise<void>;
  /** Every id is added before the first byte of its blob is sent. */
  readonly staged: BlobId[];
  /** Told how long the body is until now; throws when that is too much. */
  readonly requireRoom: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface StoredBody {
  readonly sizeBytes: number;
  readonly sha256: Sha256;
  readonly blobs: readonly BlobRef[];
}

/** Resolves when every blob is held. Throws what the body or a put threw; nothing is being sent any more then. */
export async function storeBody(body: BodyReader, options: StoreBodyOptions): Promise<StoredBody> {
  const blobs = new BlobSender(options);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for (let bytes = await body.read(blobs.signal); bytes !== null; bytes = await body.read(blobs.signal)) {
      hash.update(bytes);
      sizeBytes += bytes.length;
      options.requireRoom(sizeBytes);
      await blobs.append(bytes);
    }
    const refs = await blobs.finish();
    return { sizeBytes, sha256: hash.digest('hex') as Sha256, blobs: refs };
  } catch (error) {
    await blobs.stop(error);
    throw error;
  }
}

class BlobSender {
  /** Aborted when a put failed, so that nobody waits for more of the body. */
  readonly signal: AbortSignal;
  readonly #options: StoreBodyOptions;
  readonly #failing = new AbortController();
  readonly #refs: BlobRef[] = [];
  #filling = new FillingBlob();
  #sending: Promise<void> = Promise.resolve();

  constructor(options: StoreBodyOptions) {
    this.#options = options;
    this.signal = AbortSignal.any([options.signal, this.#failing.signal]);
  }

  async append(bytes: Buffer): Promise<void> {
    // It became crowded since this blob was begun: others wait for the memory it holds.
    if (this.#filling.lengthBytes > this.#options.share.blobBytesMax) await this.#hand();
    for (let rest = bytes; rest.length > 0; rest = this.#filling.append(rest)) {
      while (!this.#filling.hasRoom) await this.#makeRoom();
    }
  }

  async finish(): Promise<readonly BlobRef[]> {
    if (!this.#filling.isEmpty) await this.#hand();
    await this.#sending;
    return this.#refs;
  }

  /** Ends what is being sent and waits until it has ended: its slabs may then be used for something else. */
  async stop(reason: unknown): Promise<void> {
    this.#failing.abort(reason);
    await this.#sending.catch(() => undefined);
    for (const slab of this.#filling.slabs) this.#options.share.giveBack(slab);
  }

  async #makeRoom(): Promise<void> {
    const { share } = this.#options;
    const mayGrow = this.#filling.isWholeChunks && this.#filling.lengthBytes < share.blobBytesMax;
    const slab = mayGrow ? share.takeSlab() : undefined;
    if (slab !== undefined) this.#filling.addSlab(slab);
    else if (this.#filling.isEmpty) await this.#sending;
    else await this.#hand();
  }

  /** Hands the filled blob over as soon as the one before is held, so that there are never more than two. */
  async #hand(): Promise<void> {
    if (this.#refs.length === MANIFEST_BLOBS_MAX) {
      throw new NetStoreError('NS_BODY_TOO_LARGE', `The body has more than ${MANIFEST_BLOBS_MAX} blobs`);
    }
    await this.#sending;
    const blob = this.#filling.seal();
    const { slabs } = this.#filling;
    this.#filling = new FillingBlob();
    this.#refs.push({ blobId: blob.blobId, lengthBytes: blob.lengthBytes, crcTableSha256: blob.crcTableSha256 });
    this.#options.staged.push(blob.blobId);
    this.#sending = this.#send(blob, slabs);
    // Whoever awaits it next sees the failure; until then it must not count as unhandled.
    this.#sending.catch((error) => this.#failing.abort(error));
  }

  async #send(blob: OutgoingBlob, slabs: readonly Buffer[]): Promise<void> {
    try {
      await this.#options.putBlob(blob, this.signal);
    } finally {
      for (const slab of slabs) this.#options.share.giveBack(slab);
    }
  }
}

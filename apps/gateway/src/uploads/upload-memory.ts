/**
 * The one memory budget of all uploads. An upload is admitted when its smallest need fits: one slab, or its whole body when that
 * is smaller. It keeps that until it ends, so an admitted upload never waits for another one, and no two can wait for each
 * other. Slabs beyond the first are taken while there are some: that is how blobs grow to 8 MiB when the gateway is idle and
 * shrink to one slab when it is crowded.
 *
 * Slabs are kept for the next upload, so that memory does not churn, and are let go when no upload ran for a while.
 */
import { NetStoreError, type UserId } from '@netstore/shared-types';
import { BLOB_BYTES_MAX } from '@netstore/wire-protocol';

export const SLAB_BYTES = 256 * 1024;
/** An upload has two blobs: one is filled while the other is sent. */
const BLOBS_PER_UPLOAD = 2;
const WAITING_MAX = 256;
const WAIT_MS_MAX = 30_000;
const RETRY_AFTER_SECONDS = 5;
const KEEP_SLABS_FOR_MS = 30_000;

export interface UploadMemoryOptions {
  readonly budgetBytes: number;
  /** Uploads that one person may have running or waiting. */
  readonly uploadsPerUserMax: number;
}

export interface Admission {
  readonly user: UserId;
  /** `undefined` when it is not known before the end. */
  readonly bodyBytes: number | undefined;
  readonly signal: AbortSignal;
}

/** What one upload may use. Disposed of when the upload is over; every slab must have been given back by then. */
export interface UploadShare extends Disposable {
  /** How long a blob should become at most, as crowded as it is now. */
  readonly blobBytesMax: number;
  /** A buffer to fill; `undefined` when there is none now. Never so while this upload has none taken. */
  takeSlab(): Buffer | undefined;
  giveBack(slab: Buffer): void;
}

interface Waiting {
  readonly needBytes: number;
  readonly start: () => void;
}

export class UploadMemory {
  readonly #budgetBytes: number;
  readonly #uploadsPerUserMax: number;
  readonly #uploadsOfUser = new Map<UserId, number>();
  readonly #waiting: Waiting[] = [];
  readonly #spareSlabs: Buffer[] = [];
  #usedBytes = 0;
  #active = 0;
  #spareTimer: NodeJS.Timeout | undefined;

  constructor({ budgetBytes, uploadsPerUserMax }: UploadMemoryOptions) {
    if (budgetBytes < SLAB_BYTES)
      throw new RangeError(`Upload memory is too small: expected ${SLAB_BYTES} bytes or more, got ${budgetBytes}`);
    this.#budgetBytes = budgetBytes;
    this.#uploadsPerUserMax = uploadsPerUserMax;
  }

  /** Bytes that running uploads have taken or may take at any moment. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  get activeUploads(): number {
    return this.#active;
  }

  get waitingUploads(): number {
    return this.#waiting.length;
  }

  /** Waits for memory. Throws `NS_BUSY` when too many wait already, or after 30 s. */
  async admit({ user, bodyBytes, signal }: Admission): Promise<UploadShare> {
    const needBytes = Math.max(1, Math.min(bodyBytes ?? SLAB_BYTES, SLAB_BYTES));
    this.#countUser(user);
    try {
      if (this.#waiting.length > 0 || !this.#fits(needBytes)) await this.#wait(needBytes, signal);
      else this.#usedBytes += needBytes;
    } catch (error) {
      this.#forgetUser(user);
      throw error;
    }
    this.#active += 1;
    clearTimeout(this.#spareTimer);
    return this.#share(user, needBytes);
  }

  #share(user: UserId, needBytes: number): UploadShare {
    const taken = new Set<Buffer>();
    let isOver = false;
    const memory = this;
    return {
      get blobBytesMax() {
        return memory.#blobBytesMax();
      },
      takeSlab: () => {
        const slab = taken.size === 0 ? memory.#firstSlab(needBytes) : memory.#extraSlab();
        if (slab !== undefined) taken.add(slab);
        return slab;
      },
      giveBack: (slab) => {
        if (!taken.delete(slab)) return;
        // What stays taken is covered by the reservation as soon as only one is left.
        if (taken.size > 0) memory.#free(SLAB_BYTES);
        memory.#keep(slab);
      },
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        memory.#end(user, needBytes + Math.max(0, taken.size - 1) * SLAB_BYTES);
      },
    };
  }

  #blobBytesMax(): number {
    const uploads = Math.max(1, this.#active + this.#waiting.length);
    const each = Math.floor(this.#budgetBytes / (BLOBS_PER_UPLOAD * uploads) / SLAB_BYTES) * SLAB_BYTES;
    return Math.min(BLOB_BYTES_MAX, Math.max(SLAB_BYTES, each));
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.#budgetBytes;
  }

  #firstSlab(needBytes: number): Buffer {
    // A small body gets what it needs; `Slow` because a slice of node's shared pool would hold all of the pool.
    return needBytes < SLAB_BYTES ? Buffer.allocUnsafeSlow(needBytes) : this.#slab();
  }

  /** Whoever waits for admission goes before those who could do with more. */
  #extraSlab(): Buffer | undefined {
    if (this.#waiting.length > 0 || !this.#fits(SLAB_BYTES)) return undefined;
    this.#usedBytes += SLAB_BYTES;
    return this.#slab();
  }

  #slab(): Buffer {
    return this.#spareSlabs.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
  }

  #keep(slab: Buffer): void {
    if (slab.length === SLAB_BYTES) this.#spareSlabs.push(slab);
  }

  #free(bytes: number): void {
    this.#usedBytes -= bytes;
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.needBytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#usedBytes += next.needBytes;
      next.start();
    }
  }

  #end(user: UserId, bytes: number): void {
    this.#active -= 1;
    this.#forgetUser(user);
    this.#free(bytes);
    if (this.#active > 0) return;
    this.#spareTimer = setTimeout(() => this.#spareSlabs.splice(0), KEEP_SLABS_FOR_MS).unref();
  }

  async #wait(needBytes: number, signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) throw busy('too many uploads wait already');
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { needBytes, start: resolve };
    this.#waiting.push(waiting);
    const leave = (error: unknown) => {
      const place = this.#waiting.indexOf(waiting);
      if (place === -1) return;
      this.#waiting.splice(place, 1);
      reject(error);
    };
    const timer = setTimeout(() => leave(busy(`no memory became free within ${WAIT_MS_MAX / 1000} s`)), WAIT_MS_MAX);
    const onAbort = () => leave(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #countUser(user: UserId): void {
    const uploads = this.#uploadsOfUser.get(user) ?? 0;
    if (uploads >= this.#uploadsPerUserMax) throw busy(`you have ${uploads} uploads running already`);
    this.#uploadsOfUser.set(user, uploads + 1);
  }

  #forgetUser(user: UserId): void {
    const uploads = (this.#uploadsOfUser.get(user) ?? 1) - 1;
    if (uploads === 0) this.#uploadsOfUser.delete(user);
    else this.#uploadsOfUser.set(user, uploads);
  }
}

function busy(reason: string): NetStoreError {
  return new NetStoreError('NS_BUSY', `Uploads are at their limit: ${reason}`, { details: { retryAfterSeconds: RETRY_AFTER_SECONDS } });
}

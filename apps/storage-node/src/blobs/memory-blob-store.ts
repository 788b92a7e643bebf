/** The store of blobs for tests and simulations: as strict as the disk's, and gone with the process. */
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { type BlobRef, CHUNK_BYTES, ChunkChecksum } from '@netstore/wire-protocol';
import { damaged, missing } from './blob-file.ts';
import type { BlobPlace, BlobStore, BlobWriter, Chunk, DiskSpace, StagedBlob } from './blob-store.ts';
import { IncomingBlob } from './incoming-blob.ts';
import type { KeptFolder } from './kept-folder.ts';
import { requireSealedAs } from './verify-file.ts';

interface HeldBlob {
  readonly bytes: Buffer;
  readonly crcs: readonly number[];
  readonly sealedAtMs: number;
  verifiedAtMs: number;
}

export interface MemoryBlobStoreOptions {
  readonly capacityBytes?: number;
  readonly now?: () => number;
}

export class MemoryBlobStore implements BlobStore {
  readonly #capacityBytes: number;
  readonly #now: () => number;
  readonly #staged = new Map<BlobId, HeldBlob>();
  readonly #kept = new Map<BlobId, HeldBlob>();
  readonly #quarantined: HeldBlob[] = [];
  readonly #quarantinedIds = new Set<BlobId>();
  /** Of writers that are open. */
  #incomingBytes = 0;

  constructor({ capacityBytes = Number.POSITIVE_INFINITY, now = Date.now }: MemoryBlobStoreOptions = {}) {
    this.#capacityBytes = capacityBytes;
    this.#now = now;
  }

  async stage(blobId: BlobId, lengthBytes: number): Promise<BlobWriter> {
    const incoming = new IncomingBlob(blobId, lengthBytes);
    if (lengthBytes > (await this.space()).freeBytes - this.#incomingBytes) {
      throw new NetStoreError('NS_DISK_FULL', `Store has no room for another blob: ${this.#capacityBytes} bytes at most`);
    }
    this.#incomingBytes += lengthBytes;
    return new MemoryBlobWriter(incoming, (bytes) => {
      this.#incomingBytes -= lengthBytes;
      const sealedAtMs = this.#now();
      if (bytes !== undefined) this.#staged.set(blobId, { bytes, crcs: incoming.crcs, sealedAtMs, verifiedAtMs: sealedAtMs });
    });
  }

  async *read(blobId: BlobId, firstChunk: number, chunkCount: number): AsyncGenerator<Chunk> {
    const held = this.#held(blobId);
    if (held === undefined) throw missing(blobId);
    const checksum = new ChunkChecksum(blobId);
    const end = Math.min(firstChunk + chunkCount, held.crcs.length);
    for (let chunkIndex = firstChunk; chunkIndex < end; chunkIndex += 1) {
      const bytes = held.bytes.subarray(chunkIndex * CHUNK_BYTES, (chunkIndex + 1) * CHUNK_BYTES);
      const crc = held.crcs[chunkIndex] ?? 0;
      if (checksum.of(chunkIndex, bytes) !== crc) throw damaged(blobId, `chunk ${chunkIndex} has another checksum than it was sealed with`);
      yield { chunkIndex, crc, bytes };
    }
    if (firstChunk === 0 && chunkCount >= held.crcs.length) held.verifiedAtMs = this.#now();
  }

  async has(blobId: BlobId): Promise<boolean> {
    return (await this.find(blobId)) !== undefined;
  }

  async find(blobId: BlobId): Promise<BlobPlace | undefined> {
    if (this.#kept.has(blobId)) return 'kept';
    return this.#staged.has(blobId) ? 'staged' : undefined;
  }

  async keep(blobId: BlobId): Promise<boolean> {
    const staged = this.#staged.get(blobId);
    if (staged !== undefined) this.#kept.set(blobId, staged);
    this.#staged.delete(blobId);
    return this.#kept.has(blobId);
  }

  async discard(blobId: BlobId): Promise<void> {
    this.#staged.delete(blobId);
  }

  async quarantinedAmong(blobIds: readonly BlobId[]): Promise<ReadonlySet<BlobId>> {
    return new Set(blobIds.filter((blobId) => this.#quarantinedIds.has(blobId)));
  }

  async unlink(blobId: BlobId): Promise<void> {
    this.#staged.delete(blobId);
    this.#kept.delete(blobId);
  }

  async quarantine(blobId: BlobId, _reason: string): Promise<void> {
    this.#quarantinedIds.add(blobId);
    const held = this.#held(blobId);
    if (held === undefined) return;
    this.#quarantined.push(held);
    if (!this.#kept.delete(blobId)) this.#staged.delete(blobId);
  }

  async verify(ref: BlobRef): Promise<void> {
    const held = this.#held(ref.blobId);
    if (held === undefined) throw missing(ref.blobId);
    requireSealedAs(ref, { lengthBytes: held.bytes.length, crcs: held.crcs });
    const chunks = this.read(ref.blobId, 0, held.crcs.length);
    while ((await chunks.next()).done !== true);
  }

  async kept(shard: string): Promise<KeptFolder> {
    return { blobIds: [...this.#kept.keys()].filter((blobId) => blobId.startsWith(shard)).sort(), foreign: [] };
  }

  async unkeep(blobId: BlobId): Promise<boolean> {
    const held = this.#kept.get(blobId);
    if (held !== undefined) this.#staged.set(blobId, { ...held, sealedAtMs: this.#now() });
    return this.#kept.delete(blobId);
  }

  async quarantineForeign(): Promise<boolean> {
    return false;
  }

  async verifiedAtMs(blobId: BlobId): Promise<number | undefined> {
    return this.#held(blobId)?.verifiedAtMs;
  }

  async *staged(): AsyncGenerator<StagedBlob> {
    for (const [blobId, { sealedAtMs }] of this.#staged) yield { blobId, sealedAtMs };
  }

  async space(): Promise<DiskSpace> {
    const held = [...this.#staged.values(), ...this.#kept.values(), ...this.#quarantined];
    const usedBytes = held.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return { usedBytes, freeBytes: Math.max(0, this.#capacityBytes - usedBytes), reserveBytes: 0, inodes: null };
  }

  /** Flips a bit, as a rotting disk would. */
  damage(blobId: BlobId, byteOffset: number): void {
    const bytes = this.#held(blobId)?.bytes;
    bytes?.writeUInt8(bytes.readUInt8(byteOffset) ^ 1, byteOffset);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#staged.clear();
    this.#kept.clear();
  }

  #held(blobId: BlobId): HeldBlob | undefined {
    return this.#kept.get(blobId) ?? this.#staged.get(blobId);
  }
}

class MemoryBlobWriter implements BlobWriter {
  readonly #incoming: IncomingBlob;
  readonly #close: (bytes: Buffer | undefined) => void;
  readonly #chunks: Buffer[] = [];
  #isClosed = false;

  /** `close` is called once, with the bytes when they were sealed. */
  constructor(incoming: IncomingBlob, close: (bytes: Buffer | undefined) => void) {
    this.#incoming = incoming;
    this.#close = close;
  }

  async write(chunk: Chunk): Promise<void> {
    this.#requireOpen();
    this.#incoming.accept(chunk);
    this.#chunks.push(Buffer.from(chunk.bytes));
  }

  async seal(crcTableSha256: Uint8Array): Promise<void> {
    this.#requireOpen();
    this.#incoming.finish(crcTableSha256);
    this.#isClosed = true;
    this.#close(Buffer.concat(this.#chunks));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#close(undefined);
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new NetStoreError('NS_INTERNAL', `Blob ${this.#incoming.blobId} is closed already`);
  }
}

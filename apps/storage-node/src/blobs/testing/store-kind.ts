/** A kind of store of blobs, as the conformance suite needs it. */
import type { BlobStore } from '../blob-store.ts';
import type { TestBlob } from './blob-bytes.ts';

export interface StoreUnderTest extends AsyncDisposable {
  readonly store: BlobStore;
  /** Flips a bit of the stored bytes. */
  damage(blob: TestBlob, byteOffset: number): Promise<void>;
}

export interface StoreKind {
  readonly name: string;
  open(): Promise<StoreUnderTest>;
  /** With room for `roomBytes` of blobs, and less than a chunk more. */
  openSmall(roomBytes: number): Promise<StoreUnderTest>;
}

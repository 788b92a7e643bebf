import { MemoryBlobStore } from './memory-blob-store.ts';
import { describeBlobStore } from './testing/blob-store-conformance.ts';
import type { StoreUnderTest } from './testing/store-kind.ts';

function underTest(store: MemoryBlobStore): StoreUnderTest {
  return {
    store,
    damage: async ({ blobId }, byteOffset) => store.damage(blobId, byteOffset),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

describeBlobStore({
  name: 'in memory',
  open: async () => underTest(new MemoryBlobStore()),
  openSmall: async (capacityBytes) => underTest(new MemoryBlobStore({ capacityBytes })),
});

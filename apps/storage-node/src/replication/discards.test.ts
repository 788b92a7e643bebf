import type { BlobId } from '@netstore/shared-types';
import { unpackBlobIds } from '@netstore/wire-protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { OperationPayload } from '../log/payload.ts';
import type { ClockAgreement } from './clock-agreement.ts';
import { Discards } from './discards.ts';
import type { Replicator } from './replicator.ts';

const [one, two] = ['1'.repeat(32), '2'.repeat(32)] as [BlobId, BlobId];
let stack = new AsyncDisposableStack();
afterEach(async () => {
  vi.useRealTimers();
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

/** Discards whose proposals are committed when the test says so. */
function discards() {
  const proposed: BlobId[][] = [];
  const commit = Promise.withResolvers<void>();
  const propose = async ({ operation }: OperationPayload): Promise<void> => {
    if (operation.kind === 'discard') proposed.push(unpackBlobIds(operation.blobIds));
    await commit.promise;
  };
  const replicator = { propose } as unknown as Replicator;
  const parts = {
    replicator,
    blobs: new MemoryBlobStore(),
    catalogue: {} as Catalogue,
    clocks: {} as ClockAgreement,
    logger: undefined as never,
    now: Date.now,
  };
  return { subject: stack.use(new Discards(parts)), proposed, commit };
}

test('a blob that is being let go takes part in no operation and no upload', async () => {
  const { subject, commit } = discards();
  const going = subject.discard([one]);
  expect(() => subject.refuse(one)).toThrow(expect.objectContaining({ code: 'NS_CONFLICT' }));
  expect(() => subject.hold([two, one])).toThrow(expect.objectContaining({ code: 'NS_CONFLICT' }));
  commit.resolve();
  await going;
  subject.refuse(one);
});

test('a blob that an operation on its way refers to is not let go: the file would be committed without its bytes', async () => {
  const { subject, proposed, commit } = discards();
  commit.resolve();
  const [first, second] = [subject.hold([one]), subject.hold([one])];
  await subject.discard([one, two]);
  first[Symbol.dispose]();
  await subject.discard([one]);
  expect(proposed).toEqual([[two]]);
  second[Symbol.dispose]();
  await subject.discard([one]);
  expect(proposed).toEqual([[two], [one]]);
});

test('staged blobs that nothing came to refer to are let go after two days, once a second clock agrees', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const hourMs = 3_600_000;
  const [old, used, young] = [makeBlob(1), makeBlob(1), makeBlob(1)];
  let nowMs = 0;
  const blobs = new MemoryBlobStore({ now: () => nowMs });
  for (const blob of [old, used]) await stageBlob(blobs, blob);
  nowMs = 3 * hourMs;
  await stageBlob(blobs, young);
  nowMs = 49 * hourMs;
  const proposed: BlobId[][] = [];
  let asked = 0;
  const parts = {
    replicator: {
      term: { isServing: true },
      propose: async ({ operation }: OperationPayload) => {
        if (operation.kind === 'discard') proposed.push(unpackBlobIds(operation.blobIds));
      },
    } as unknown as Replicator,
    blobs,
    catalogue: { isReferenced: async () => new Set([used.blobId]) } as unknown as Catalogue,
    clocks: {
      isReached: async () => {
        asked += 1;
        return asked === 2;
      },
    } as unknown as ClockAgreement,
    logger: undefined as never,
    now: () => nowMs,
  };
  stack.use(new Discards(parts));
  await vi.advanceTimersByTimeAsync(600_000);
  await expect.poll(() => asked).toBe(1);
  expect(proposed).toEqual([]);
  await vi.advanceTimersByTimeAsync(600_000);
  await expect.poll(() => proposed).toEqual([[old.blobId]]);
});

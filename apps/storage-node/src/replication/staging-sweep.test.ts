import { createLogger } from '@netstore/service-kit';
import { type BlobId, newBlobId } from '@netstore/shared-types';
import { packBlobIds } from '@netstore/wire-protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { CLOCK_DIFFERENCE_MAX_MS, type ClockAgreement } from './clock-agreement.ts';
import type { Discards } from './discards.ts';
import type { Peer } from './peers.ts';
import type { Replicator } from './replicator.ts';
import { StagingSweep } from './staging-sweep.ts';

const HOUR_MS = 3_600_000;
const INTERVAL_MS = 600_000;
let stack: AsyncDisposableStack;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  stack = new AsyncDisposableStack();
});
afterEach(async () => {
  vi.useRealTimers();
  await stack.disposeAsync();
});

interface Given {
  readonly referenced?: readonly BlobId[];
  /** What the peer says it has had for long, and how far its clock is ahead. */
  readonly onPeer?: readonly BlobId[];
  readonly peerAheadMs?: number;
  readonly isPrimary?: boolean;
}

function sweeping({ referenced = [], onPeer = [], peerAheadMs = 0, isPrimary = true }: Given) {
  const state = { nowMs: 0, doClocksAgree: true, letGo: [] as BlobId[] };
  const blobs = new MemoryBlobStore({ now: () => state.nowMs });
  const connection = {
    request: async (_name: string, { sealedForMs }: { readonly sealedForMs: number }) => {
      expect(sealedForMs).toBe(48 * HOUR_MS);
      return { nowMs: state.nowMs + peerAheadMs, blobIds: packBlobIds(onPeer) };
    },
  };
  const peer = { id: 'node-2', pool: { use: (work: (on: object) => Promise<unknown>) => work(connection) } } as unknown as Peer;
  const discard = async (blobIds: readonly BlobId[]): Promise<void> => void state.letGo.push(...blobIds);
  stack.use(
    new StagingSweep({
      replicator: { term: { isServing: isPrimary } } as unknown as Replicator,
      catalogue: {
        isReferenced: async (ids: readonly BlobId[]) => new Set(ids.filter((id) => referenced.includes(id))),
      } as unknown as Catalogue,
      blobs,
      discards: { discard } as unknown as Discards,
      peers: [peer],
      counts: () => true,
      clocks: { isReached: async () => state.doClocksAgree } as unknown as ClockAgreement,
      logger: createLogger({ service: 'test', level: 'silent' }),
      now: () => state.nowMs,
    }),
  );
  const sweep = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    // What a sweep asks for is answered within some turns of the loop.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, blobs, sweep };
}

test('blobs that nothing came to refer to for two days are let go, once a second clock agrees', async () => {
  const [old, used, young] = [makeBlob(1), makeBlob(1), makeBlob(1)];
  const { state, blobs, sweep } = sweeping({ referenced: [used.blobId] });
  for (const blob of [old, used]) await stageBlob(blobs, blob);
  state.nowMs = 3 * HOUR_MS;
  await stageBlob(blobs, young);
  state.nowMs = 49 * HOUR_MS;
  state.doClocksAgree = false;
  await sweep();
  expect(state.letGo).toEqual([]);
  state.doClocksAgree = true;
  await sweep();
  expect(state.letGo).toEqual([old.blobId]);
});

test('so are those that another node has had for as long, when its clock is this one', async () => {
  const [old, used] = [newBlobId(), newBlobId()];
  for (const [peerAheadMs, letGo] of [
    [CLOCK_DIFFERENCE_MAX_MS, [old]],
    [CLOCK_DIFFERENCE_MAX_MS + 1, []],
  ] as const) {
    const { state, sweep } = sweeping({ onPeer: [old, used], referenced: [used], peerAheadMs });
    await sweep();
    expect(state.letGo).toEqual(letGo);
  }
});

test('a node that is not primary lets nothing go', async () => {
  const { state, sweep } = sweeping({ onPeer: [newBlobId()], isPrimary: false });
  await sweep();
  expect(state.letGo).toEqual([]);
});

import { createLogger } from '@netstore/service-kit';
import { NetStoreError, type SpaceId } from '@netstore/shared-types';
import type { PurgeOperation } from '@netstore/wire-protocol';
import { afterEach, expect, test } from 'vitest';
import type { Catalogue, TrashName } from '../catalogue/catalogue.ts';
import type { OperationPayload } from '../log/payload.ts';
import type { ClockAgreement } from './clock-agreement.ts';
import { Purges } from './purges.ts';
import type { Replicator } from './replicator.ts';

const [mine, yours] = ['a'.repeat(32), 'b'.repeat(32)] as [SpaceId, SpaceId];
const GRACE_MS = 1000;
const NOW_MS = 50_000;
let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

interface Trashed extends TrashName {
  readonly trashedAtMs: number;
}

/** The trash of a primary whose purges are applied at once, unless `fails` says otherwise. */
function purges({ isPrimary = true, doClocksAgree = true, fails = 0 } = {}) {
  const state = { isPrimary, doClocksAgree, fails, asked: 0 };
  let trash: Trashed[] = [];
  let unfinished: Trashed[] = [];
  const proposed: Pick<PurgeOperation, 'space' | 'trashIds'>[] = [];
  const propose = async ({ operation }: OperationPayload): Promise<object> => {
    if (operation.kind !== 'purge') throw new Error(`Proposed ${operation.kind}`);
    state.fails -= 1;
    if (state.fails >= 0) throw new NetStoreError('NS_NO_QUORUM', 'the epoch ended');
    const { space, trashIds } = operation;
    proposed.push({ space, trashIds });
    trash = trash.filter(({ trashId }) => !trashIds.includes(trashId));
    unfinished = unfinished.filter(({ trashId }) => !trashIds.includes(trashId));
    return { outcome: { isAccepted: true, entry: null, isCreated: false } };
  };
  const options = {
    replicator: {
      get term() {
        return { isServing: state.isPrimary };
      },
      propose,
    } as unknown as Replicator,
    catalogue: {
      trash: {
        purging: async () => unfinished,
        trashedBefore: async (timeMs: number) => trash.filter(({ trashedAtMs }) => trashedAtMs < timeMs),
      },
    } as unknown as Catalogue,
    clocks: {
      isReached: async () => {
        state.asked += 1;
        return state.doClocksAgree;
      },
    } as unknown as ClockAgreement,
    graceMs: GRACE_MS,
    logger: createLogger({ service: 'test', level: 'silent' }),
    now: () => NOW_MS,
  };
  const start = (entries: { readonly trash?: Trashed[]; readonly unfinished?: Trashed[] }): void => {
    ({ trash = [], unfinished = [] } = entries);
    stack.use(new Purges(options));
  };
  return { start, state, proposed };
}

const trashed = (trashId: number, spaceId = mine, trashedAtMs = NOW_MS - GRACE_MS - 1): Trashed => ({ trashId, spaceId, trashedAtMs });

test('what has been in the trash for longer than the grace period is purged, by one record for each space', async () => {
  const { start, proposed } = purges();
  start({ trash: [trashed(1), trashed(2, yours), trashed(3), trashed(4, mine, NOW_MS - GRACE_MS)] });
  await expect
    .poll(() => proposed)
    .toEqual([
      { space: mine, trashIds: [1, 3] },
      { space: yours, trashIds: [2] },
    ]);
});

test('nothing is purged by its age while no second clock agrees; what a purge has begun goes on all the same', async () => {
  const { start, state, proposed } = purges({ doClocksAgree: false });
  start({ trash: [trashed(1)], unfinished: [trashed(2)] });
  await expect.poll(() => state.asked).toBe(1);
  expect(proposed).toEqual([{ space: mine, trashIds: [2] }]);
});

test('the clocks are asked again only after a while', async () => {
  const { start, state } = purges({ doClocksAgree: false });
  start({ trash: [trashed(1)] });
  await expect.poll(() => state.asked).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(state.asked).toBe(1);
});

test('a node that is not primary proposes nothing, and begins when it is', async () => {
  const { start, state, proposed } = purges({ isPrimary: false });
  start({ trash: [trashed(1)] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([proposed, state.asked]).toEqual([[], 0]);
  state.isPrimary = true;
  await expect.poll(() => proposed, { timeout: 5_000 }).toEqual([{ space: mine, trashIds: [1] }]);
});

test('a purge that nobody committed is proposed again', async () => {
  const { start, proposed } = purges({ fails: 1 });
  start({ unfinished: [trashed(1)] });
  await expect.poll(() => proposed, { timeout: 10_000 }).toEqual([{ space: mine, trashIds: [1] }]);
});

test('with nothing to purge nobody is asked for the time', async () => {
  const { start, state } = purges();
  start({ trash: [trashed(1, mine, NOW_MS)] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(state.asked).toBe(0);
});

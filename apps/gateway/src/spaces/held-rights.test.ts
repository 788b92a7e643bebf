import { NetStoreError, newSessionId, newSpaceId, newUserId, openAccess } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HeldRights } from './held-rights.ts';
import { ASKED_AGAIN_EVERY_MS, type GrantedSpace } from './space-rights.ts';
import { Watch } from './watch.ts';

const space: GrantedSpace = {
  id: newSpaceId(),
  name: 'team',
  userId: newUserId(),
  actor: 'somebody',
  access: openAccess({ isOwner: true, rules: [] }),
  quotas: [],
};
const refused = new NetStoreError('NS_NOT_FOUND', 'not yours');
const down = new NetStoreError('NS_UNAVAILABLE', 'down');

describe('rights that are held', () => {
  let asked: number;
  let answer: () => Promise<GrantedSpace>;
  let watch: Watch;
  const hold = (): HeldRights => {
    const grantTo = (): Promise<GrantedSpace> => {
      asked += 1;
      return answer();
    };
    return new HeldRights(
      { grantTo, watch },
      { holder: { kind: 'session', id: newSessionId() }, space, wish: 'read', permit: () => undefined },
    );
  };
  beforeEach(() => {
    vi.useFakeTimers();
    watch = new Watch(ASKED_AGAIN_EVERY_MS);
    asked = 0;
    answer = async () => space;
  });
  afterEach(async () => {
    // Nothing is held any more: the one timer ends with its next turn.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  test('cost one timer for all of them, and no question when they are given back within a second', async () => {
    const many = Array.from({ length: 100 }, hold);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(999);
    for (const held of many) held[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toBe(0);
  });

  test('are asked about every second, and lost with the refusal', async () => {
    using held = hold();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked).toBe(3);
    answer = () => Promise.reject(refused);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(held.signal.reason).toBe(refused);
    expect(held.isLost).toBe(true);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked).toBe(4);
  });

  test('that nobody can tell about are lost after 5 s', async () => {
    using held = hold();
    answer = () => Promise.reject(down);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(held.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(held.signal.reason).toBe(down);
  });

  test('are not asked about twice at once', async () => {
    const { promise, resolve } = Promise.withResolvers<GrantedSpace>();
    using _held = hold();
    answer = () => promise;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked).toBe(1);
    resolve(space);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toBe(2);
  });

  test('can be given up for another reason, which is no loss', async () => {
    using held = hold();
    const gone = new Error('the client went away');
    answer = () => Promise.reject(refused);
    held.giveUp(gone);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(held.signal.reason).toBe(gone);
    expect(held.isLost).toBe(false);
    expect(asked).toBe(0);
  });
});

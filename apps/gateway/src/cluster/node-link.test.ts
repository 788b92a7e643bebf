import { NetStoreError, type NodeId } from '@netstore/shared-types';
import type { Connection, ConnectionPool } from '@netstore/wire-transport';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NodeLink } from './node-link.ts';

const pool = { use: (work: (connection: Connection) => unknown) => work({} as Connection) } as unknown as ConnectionPool;
const failing = (code: NetStoreError['code']) => async () => {
  throw new NetStoreError(code, 'test');
};

describe('how a node has been doing', () => {
  let link: NodeLink;
  beforeEach(() => {
    vi.useFakeTimers();
    link = new NodeLink('node-1' as NodeId, pool);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const fail = (code: NetStoreError['code'], signal?: AbortSignal): Promise<unknown> =>
    link.converse(failing(code), signal).catch(() => undefined);
  const isAvoidedAfter = (ms: number): boolean => {
    vi.advanceTimersByTime(ms);
    return link.isAvoided(Date.now());
  };

  test('is bad for a while after it failed, for longer each time, until it does well again', async () => {
    await fail('NS_CONNECTION_LOST');
    expect([isAvoidedAfter(1_900), isAvoidedAfter(200)]).toEqual([true, false]);
    await fail('NS_DEADLINE_EXCEEDED');
    expect([isAvoidedAfter(3_900), isAvoidedAfter(200)]).toEqual([true, false]);
    for (let times = 0; times < 5; times += 1) {
      await fail('NS_UNAVAILABLE');
      vi.advanceTimersByTime(16_100);
    }
    await fail('NS_UNAVAILABLE');
    expect([isAvoidedAfter(15_900), isAvoidedAfter(200)]).toEqual([true, false]);
    await link.converse(async () => 'well');
    await fail('NS_UNAVAILABLE');
    expect([isAvoidedAfter(1_900), isAvoidedAfter(200)]).toEqual([true, false]);
  });

  test('is one failure when many conversations fail together', async () => {
    await Promise.all(Array.from({ length: 10 }, () => fail('NS_CONNECTION_LOST')));
    expect(isAvoidedAfter(2_100)).toBe(false);
  });

  test.each(['NS_NOT_PRIMARY', 'NS_BLOB_MISSING', 'NS_DISK_FULL', 'NS_NOT_FOUND'] as const)('is good when it answers %s', async (code) => {
    await fail(code);
    expect(link.isAvoided(Date.now())).toBe(false);
  });

  test('does not suffer from clients that go away, but from deadlines', async () => {
    await fail('NS_CONNECTION_LOST', AbortSignal.abort());
    expect(link.isAvoided(Date.now())).toBe(false);
    await fail('NS_DEADLINE_EXCEEDED', AbortSignal.abort());
    expect(link.isAvoided(Date.now())).toBe(true);
  });
});

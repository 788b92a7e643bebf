import type { Incarnation, NodeId } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PeerProgress } from './peer-progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function progress(): PeerProgress {
  const peer = new PeerProgress('node-2' as NodeId);
  peer.heard(1_000);
  peer.acknowledged(9, 7);
  return peer;
}

test('a peer holds what it has acknowledged with its blobs, no more', () => {
  expect(progress().holdsSeq).toBe(7);
});

test('nothing is said to be held by a peer that has not said so yet', () => {
  const peer = new PeerProgress('node-2' as NodeId);
  peer.heard(1_000);
  expect(peer.holdsSeq).toBe(0);
  expect(peer.status(true, null)).toMatchObject({ isConnected: true, ackedSeq: null });
});

test('a peer that is silent is not counted on, and counts again when it is heard', () => {
  const peer = progress();
  vi.advanceTimersByTime(2_001);
  expect([peer.isConnected, peer.holdsSeq]).toEqual([false, 0]);
  peer.heard(2_000);
  expect([peer.isConnected, peer.holdsSeq]).toEqual([true, 7]);
  peer.lost();
  expect(peer.holdsSeq).toBe(0);
});

test('what one disk acknowledged says nothing of the next one under the same name', () => {
  const peer = progress();
  peer.streamOpened('a'.repeat(32) as Incarnation);
  peer.acknowledged(9, 9);
  expect([peer.incarnation, peer.holdsSeq]).toEqual(['a'.repeat(32), 9]);
  peer.streamOpened('b'.repeat(32) as Incarnation);
  expect([peer.incarnation, peer.holdsSeq]).toEqual(['b'.repeat(32), 0]);
});

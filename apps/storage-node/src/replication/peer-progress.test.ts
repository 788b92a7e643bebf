import type { Incarnation, NodeId } from '@netstore/shared-types';
import type { HeartbeatAck } from '@netstore/wire-protocol';
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

const ack: HeartbeatAck = {
  epoch: 1,
  acknowledged: { seq: 9, hash: new Uint8Array(32) },
  generation: 1,
  appliedSeq: 9,
  debt: { blobs: 2, bytes: 2, heldSeq: 3 },
  lost: { blobs: 1, heldSeq: 8 },
  isDiskFull: false,
};

test('a blob that no node has keeps no new disk waiting, and counts as held nowhere', () => {
  const disk = 'a'.repeat(32) as Incarnation;
  const peer = new PeerProgress('node-2' as NodeId);
  peer.heard(1_000);
  peer.streamOpened(disk);
  peer.reported(ack, disk);
  expect(peer.completeSeq).toBe(0);
  peer.acknowledged(7, 3);
  expect([peer.completeSeq, peer.holdsSeq]).toEqual([7, 3]);
  peer.acknowledged(9, 3);
  expect([peer.completeSeq, peer.holdsSeq]).toEqual([8, 3]);
  expect(peer.told).toEqual({ completeSeq: 8, debt: ack.debt, lostBlobs: 1 });
  expect(peer.status(false, 'It is a learner.').reason).toBe(
    'It is a learner. No node has 1 of the blobs that it lacks: it is not kept waiting for them.',
  );
  peer.reported({ ...ack, lost: null }, disk);
  expect(peer.completeSeq).toBe(3);
  expect(peer.status(false, 'It is a learner.').reason).toBe('It is a learner.');
  vi.advanceTimersByTime(2_001);
  expect(peer.completeSeq).toBe(0);
});

test('what another disk of the node says is lost says nothing of the one whose stream is open', () => {
  const peer = new PeerProgress('node-2' as NodeId);
  peer.heard(1_000);
  peer.streamOpened('a'.repeat(32) as Incarnation);
  peer.acknowledged(9, 3);
  peer.reported(ack, 'b'.repeat(32) as Incarnation);
  expect(peer.completeSeq).toBe(3);
  peer.reported(ack, 'a'.repeat(32) as Incarnation);
  expect(peer.completeSeq).toBe(8);
  peer.streamOpened('b'.repeat(32) as Incarnation);
  peer.acknowledged(9, 3);
  expect(peer.completeSeq).toBe(3);
});

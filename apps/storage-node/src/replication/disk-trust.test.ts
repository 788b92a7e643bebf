import { createLogger } from '@netstore/service-kit';
import type { ClusterId, Incarnation, NodeId } from '@netstore/shared-types';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { PeerGenerations } from '../membership/peer-generations.ts';
import { DiskTrust } from './disk-trust.ts';
import { Members } from './members.ts';

const [SELF, PEER] = ['node-1', 'node-2'] as [NodeId, NodeId];
const OWN_DISK = 'a'.repeat(32) as Incarnation;
const DISK = 'd'.repeat(32) as Incarnation;

let stack: AsyncDisposableStack;
let members: Members;
let trust: DiskTrust;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const dir = stack.use(await makeTempDir());
  members = new Members();
  members.see(PEER, DISK);
  trust = new DiskTrust({
    identity: () => ({ clusterId: 'c'.repeat(32) as ClusterId, nodeId: SELF, incarnation: OWN_DISK }),
    generation: () => 77,
    members,
    generations: stack.use(await PeerGenerations.open(dir.path)),
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
});
afterEach(() => stack.disposeAsync());

test('a disk that shows less than was known when it was asked is refused, and stays refused', () => {
  expect(trust.isTrusted(PEER, 500, trust.known(PEER))).toBe(true);
  expect(trust.isTrusted(PEER, 400, trust.known(PEER))).toBe(false);
  expect(members.reasonAgainst(PEER)).toContain('went back in time');
  expect(trust.isTrusted(PEER, 900, trust.known(PEER))).toBe(false);
});

test('an answer that another one overtook is no step back', () => {
  const whenAsked = trust.known(PEER);
  expect(trust.isTrusted(PEER, 502, whenAsked)).toBe(true);
  expect(trust.isTrusted(PEER, 500, whenAsked)).toBe(true);
});

test('what only another node has seen counts as well', () => {
  trust.learn([{ nodeId: PEER, incarnation: DISK, generation: 500, isRefused: false }]);
  expect(trust.isTrusted(PEER, 400, trust.known(PEER))).toBe(false);
});

test('a refusal by another node is taken over', () => {
  trust.learn([{ nodeId: PEER, incarnation: DISK, generation: 1, isRefused: true }]);
  expect(trust.isTrusted(PEER, 2, trust.known(PEER))).toBe(false);
});

test('it tells of its own disk, and believes nobody about it', () => {
  trust.learn([{ nodeId: SELF, incarnation: OWN_DISK, generation: 9_999, isRefused: true }]);
  expect(trust.seen).toEqual([{ nodeId: SELF, incarnation: OWN_DISK, generation: 77, isRefused: false }]);
});

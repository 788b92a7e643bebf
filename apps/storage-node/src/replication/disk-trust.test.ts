import { createLogger } from '@netstore/service-kit';
import type { ClusterId, Incarnation, NodeId } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { PeerGenerations } from '../membership/peer-generations.ts';
import { DiskTrust } from './disk-trust.ts';
import { Members } from './members.ts';

const [SELF, PEER] = ['node-1', 'node-2'] as [NodeId, NodeId];
const OWN_DISK = 'a'.repeat(32) as Incarnation;
const [DISK, NEW_DISK] = ['d'.repeat(32), 'e'.repeat(32)] as [Incarnation, Incarnation];

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

/** As much of a connection as says which disk is at its other end. */
const connectionTo = (incarnation: Incarnation) => ({ peer: { nodeId: PEER, incarnation } }) as Connection;
const shows = (generation: number, disk = DISK): boolean => trust.isTrusted(trust.ask(PEER, connectionTo(disk)), generation);

test('a disk that shows less than was known when it was asked is refused, and stays refused', () => {
  expect(shows(500)).toBe(true);
  expect(shows(400)).toBe(false);
  expect(members.reasonAgainst(PEER)).toContain('went back in time');
  expect(shows(900)).toBe(false);
});

test('an answer that another one overtook is no step back', () => {
  const whenAsked = trust.ask(PEER, connectionTo(DISK));
  expect(trust.isTrusted(whenAsked, 502)).toBe(true);
  expect(trust.isTrusted(whenAsked, 500)).toBe(true);
});

test('what an old disk shows late is not held against the new one under its name', () => {
  const asked = trust.ask(PEER, connectionTo(DISK));
  members.see(PEER, NEW_DISK);
  expect(trust.isTrusted(asked, 500)).toBe(true);
  expect(shows(3, NEW_DISK)).toBe(true);
});

test('a refused disk takes no other one under its name with it, and is refused on all its connections', () => {
  shows(500);
  expect(shows(400)).toBe(false);
  members.see(PEER, NEW_DISK);
  expect(shows(1, NEW_DISK)).toBe(true);
  expect(members.reasonAgainst(PEER)).toBeNull();
  expect(members.counts(PEER, DISK)).toBe(false);
  expect(shows(900)).toBe(false);
});

test('what only another node has seen counts as well', () => {
  trust.learn([{ nodeId: PEER, incarnation: DISK, generation: 500, isRefused: false }]);
  expect(shows(400)).toBe(false);
});

test('a refusal by another node is taken over', () => {
  trust.learn([{ nodeId: PEER, incarnation: DISK, generation: 1, isRefused: true }]);
  expect(shows(2)).toBe(false);
});

test('it tells of its own disk, and believes nobody about it', () => {
  trust.learn([{ nodeId: SELF, incarnation: OWN_DISK, generation: 9_999, isRefused: true }]);
  expect(trust.seen).toEqual([{ nodeId: SELF, incarnation: OWN_DISK, generation: 77, isRefused: false }]);
});

test('it says that the others refuse its own disk, and not when they refuse the one before it', () => {
  trust.learn([
    { nodeId: SELF, incarnation: NEW_DISK, generation: 9_999, isRefused: true },
    { nodeId: SELF, incarnation: OWN_DISK, generation: 9_999, isRefused: false },
  ]);
  expect(trust.ownRefusal).toBeNull();
  trust.learn([{ nodeId: SELF, incarnation: OWN_DISK, generation: 9_999, isRefused: true }]);
  expect(trust.ownRefusal).toContain('netstore node replace node-1');
});

import type { Incarnation, NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { encodeJoin } from '../log/payload.ts';
import { NO_HASH, sealRecord } from '../log/record.ts';
import { Members } from './members.ts';

const [n1, n2, n3] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const nodes = [n1, n2, n3];
const disk = (digit: string) => digit.repeat(32) as Incarnation;
const all = nodes.map((nodeId, index) => ({ nodeId, incarnation: disk(String(index)) }));

test('before the first epoch every formed disk is a member, a blank one is not', () => {
  const members = new Members();
  expect(members.isMember(n2, disk('1'))).toBe(true);
  expect(members.isMember(n2, null)).toBe(false);
});

test('afterwards a replaced disk under the same name is a stranger', () => {
  const members = new Members();
  members.learn(all, 1);
  expect(members.isMember(n2, disk('1'))).toBe(true);
  expect(members.isMember(n2, disk('f'))).toBe(false);
  expect(() => members.admit(n2, disk('f'))).toThrow(expect.objectContaining({ code: 'NS_WRONG_NODE' }));
});

test('a disk that is taken in by a record of the log is no full member before that is committed, also where nothing is applied yet', () => {
  const members = new Members();
  const taken = [...all.slice(0, 2), { nodeId: n3, incarnation: disk('f') }];
  members.logged([
    { seq: 1, members: all },
    { seq: 5, members: taken },
  ]);
  expect(members.isFull(n2, disk('1'))).toBe(true);
  expect(members.isMember(n3, disk('f'))).toBe(true);
  expect(members.isFull(n3, disk('f'))).toBe(false);
  members.learn(taken, 5);
  expect(members.isFull(n3, disk('f'))).toBe(true);
});

test('the first epoch waits until every configured node was seen, and takes their disks as they are', async () => {
  const members = new Members();
  const first = members.forNewEpoch({ nodeId: n1, incarnation: disk('0') }, nodes, new AbortController().signal);
  members.admit(n2, disk('1'));
  expect(await Promise.race([first, new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe('waits');
  members.admit(n3, disk('2'));
  expect(await first).toEqual(all);
});

test('later epochs keep the members, whoever is connected', async () => {
  const members = new Members();
  members.learn(all, 1);
  expect(await members.forNewEpoch({ nodeId: n1, incarnation: disk('0') }, nodes, new AbortController().signal)).toEqual(all);
});

test('a disk that the log takes in may vote at once, and counts only when that is committed', () => {
  const members = new Members();
  members.learn(all, 1);
  members.see(n3, disk('f'));
  members.pushed([join(2)]);
  expect([members.isMember(n3, disk('f')), members.counts(n3)]).toEqual([true, false]);
  expect(members.isMember(n3, disk('2'))).toBe(false);
  members.learn([all[0], all[1], { nodeId: n3, incarnation: disk('f') }] as typeof all, 2);
  expect(members.counts(n3)).toBe(true);
});

test('what an old disk acknowledges does not count for the new one under its name, and the other way round', () => {
  const members = new Members();
  members.learn(all, 1);
  members.see(n3, disk('2'));
  expect([members.counts(n3, disk('2')), members.counts(n3, disk('f'))]).toEqual([true, false]);
  members.see(n3, disk('f'));
  expect([members.counts(n3, disk('2')), members.counts(n3, disk('f'))]).toEqual([true, false]);
  members.learn([all[0], all[1], { nodeId: n3, incarnation: disk('f') }] as typeof all, 2);
  expect([members.counts(n3, disk('2')), members.counts(n3, disk('f')), members.counts(n3, null)]).toEqual([false, true, false]);
});

test('a record that leaves the log takes its members with it', () => {
  const members = new Members();
  members.learn(all, 1);
  members.pushed([join(2)]);
  members.truncated(2);
  expect(members.isMember(n3, disk('2'))).toBe(true);
});

test('a disk that is refused does not count, whoever else answers under its name', () => {
  const members = new Members();
  members.learn(all, 1);
  members.see(n2, disk('1'));
  members.refuse(disk('1'), 'it went back in time');
  expect(members.counts(n2)).toBe(false);
  expect(() => members.admit(n2, disk('1'))).toThrow('it went back in time');
  members.see(n2, disk('e'));
  expect(members.reasonAgainst(n2)).toContain('not a full member');
  members.see(n2, disk('1'));
  expect(members.counts(n2)).toBe(false);
});

function join(seq: number) {
  const incarnation = disk('f');
  const payload = encodeJoin({ nodeId: n3, incarnation, members: [...all.slice(0, 2), { nodeId: n3, incarnation }] });
  return sealRecord({ seq, epoch: 1, timeMs: 0, previous: NO_HASH, type: 'join', payload });
}

import type { Incarnation, NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
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
  members.learn(all);
  expect(members.isMember(n2, disk('1'))).toBe(true);
  expect(members.isMember(n2, disk('f'))).toBe(false);
  expect(() => members.admit(n2, disk('f'))).toThrow(expect.objectContaining({ code: 'NS_WRONG_NODE' }));
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
  members.learn(all);
  expect(await members.forNewEpoch({ nodeId: n1, incarnation: disk('0') }, nodes, new AbortController().signal)).toEqual(all);
});

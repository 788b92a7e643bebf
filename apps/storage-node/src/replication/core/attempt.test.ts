import type { NodeId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import type { StatedLog } from './activation.ts';
import { Replica, type ReplicaEffect, type ReplicaEvent, type ReplicaStart } from './replica.ts';

const [n1, n2, n3] = ['node-1', 'node-2', 'node-3'] as NodeId[] as [NodeId, NodeId, NodeId];

function replica(start: Partial<ReplicaStart> = {}): Replica {
  return new Replica({
    self: n1,
    nodes: [n1, n2, n3],
    promised: { epoch: 7, candidate: n3 },
    last: { seq: 1, epoch: 1 },
    commitSeq: 1,
    isAutomatic: true,
    preferAfterMs: 60_000,
    nowMs: 0,
    ...start,
  });
}

const log = (node: NodeId): StatedLog => ({
  node,
  lastEpoch: 1,
  last: { seq: 1, hash: 'a' },
  commitSeq: 1,
  mark: { seq: 1, hash: 'a' },
  records: [],
});
const kinds = (effects: readonly ReplicaEffect[]): string[] => effects.map(({ kind }) => kind);
const own = (epoch: number): ReplicaEvent => ({ kind: 'promise-stored', promise: { epoch, candidate: n1 }, own: log(n1) });

/** When it asks for pre-votes, within so many seconds; every one is granted, so that it goes on to stand. */
function standsAt(core: Replica, fromMs: number, untilMs: number): number[] {
  const times: number[] = [];
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += 100) {
    for (const effect of core.step({ kind: 'tick', nowMs })) if (effect.kind === 'request-prevotes') times.push(nowMs);
    if (core.role === 'prevoting')
      core.step({ kind: 'prevoted', from: n2, epoch: core.promised.epoch + 1, isGranted: true, promisedEpoch: core.promised.epoch });
    if (core.role === 'candidate') {
      const epoch = core.promised.epoch + 1;
      core.step(own(epoch));
      core.step({ kind: 'promised', epoch, log: log(n2) });
      core.step({ kind: 'recovery-failed', epoch, reason: 'the disk is full' });
    }
  }
  return times;
}

describe('a promise', () => {
  test('to another is kept from the moment it is durable: the lower epoch is refused before anything else is done', () => {
    const core = replica({ self: n2 });
    core.step({ kind: 'offered', epoch: 8, from: n1 });
    core.step({ kind: 'promise-durable', promise: { epoch: 8, candidate: n1 } });
    expect(kinds(core.step({ kind: 'offered', epoch: 7, from: n3 }))).toEqual(['refuse']);
  });

  test('to oneself is asked for once, however late it comes: an epoch is stood for once', () => {
    const core = replica();
    core.step({ kind: 'stand', cause: 'handed-over' });
    for (let nowMs = 0; nowMs < 5_500; nowMs += 100) core.step({ kind: 'tick', nowMs });
    expect(core.role).toBe('secondary');
    expect(core.step({ kind: 'stand', cause: 'handed-over' })).toEqual([{ kind: 'store-promise', promise: { epoch: 8, candidate: n1 } }]);
    expect(kinds(core.step(own(8)))).toEqual(['request-promises']);
    expect(core.step(own(8))).toEqual([]);
  });
});

test('what any promiser knows to be committed is committed before the epoch is opened: it may say whose copies count', () => {
  const core = replica({ last: { seq: 4, epoch: 6 } });
  core.step({ kind: 'stand', cause: 'handed-over' });
  core.step(own(8));
  core.step({ kind: 'promised', epoch: 8, log: { ...log(n2), lastEpoch: 6, last: { seq: 4, hash: 'd' }, commitSeq: 3 } });
  core.step({ kind: 'logged', seq: 4, epoch: 6 });
  expect(core.step({ kind: 'recovered', epoch: 8 })).toEqual([
    { kind: 'commit', seq: 3 },
    { kind: 'append-new-epoch', epoch: 8 },
  ]);
  expect(core.commitSeq).toBe(3);
});

describe('an attempt that had its promises and failed', () => {
  test('lets every other node have its turn before the next, and waits longer each time', () => {
    const [first = 0, second = 0, third = 0] = standsAt(replica(), 0, 60_000);
    // Node 3 would stand after 2 s of silence and 1 s for its place.
    expect(second - first).toBeGreaterThan(3_000);
    expect(third - second).toBeGreaterThan(1.9 * (second - first) - 200);
  });

  test('of a disk that hangs is given up', () => {
    const core = replica();
    core.step({ kind: 'stand', cause: 'handed-over' });
    core.step(own(8));
    core.step({ kind: 'promised', epoch: 8, log: log(n2) });
    expect(core.role).toBe('recovering');
    const effects: string[] = [];
    for (let nowMs = 0; nowMs < 40_000; nowMs += 100) effects.push(...kinds(core.step({ kind: 'tick', nowMs })));
    expect(effects).toContain('step-down');
  });
});

test('a refusal of an epoch that is over ends no later one', () => {
  const core = replica();
  core.step({ kind: 'stand', cause: 'handed-over' });
  core.step(own(8));
  expect(core.step({ kind: 'fenced', epoch: 9, of: 6 })).toEqual([]);
  expect(kinds(core.step({ kind: 'fenced', epoch: 9, of: 8 }))).toEqual(['step-down']);
});

test('a node that has much to apply lets another one lead', () => {
  const first = (start: Partial<ReplicaStart>): number => {
    const core = replica({ promised: { epoch: 7, candidate: n1 }, ...start });
    for (let nowMs = 0; nowMs < 9_000; nowMs += 100) if (core.step({ kind: 'tick', nowMs }).length > 0) return nowMs;
    return Number.POSITIVE_INFINITY;
  };
  expect(first({ last: { seq: 50_000, epoch: 7 }, commitSeq: 49_000 })).toBe(0);
  expect(first({ last: { seq: 50_000, epoch: 7 }, commitSeq: 0 })).toBeGreaterThan(3_000);
});

test('in manual mode whoever was promoted stays primary', () => {
  const core = replica({ self: n2, isAutomatic: false });
  core.step({ kind: 'stand', cause: 'handed-over' });
  core.step({ kind: 'promise-stored', promise: { epoch: 8, candidate: n2 }, own: log(n2) });
  core.step({ kind: 'promised', epoch: 8, log: log(n1) });
  core.step({ kind: 'recovered', epoch: 8 });
  core.step({ kind: 'logged', seq: 2, epoch: 8 });
  core.step({ kind: 'acknowledged', from: n1, epoch: 8, seq: 2 });
  expect(core.role).toBe('primary');
  const effects: string[] = [];
  for (let nowMs = 0; nowMs < 200_000; nowMs += 100) {
    core.step({ kind: 'heard', from: n1, epoch: 8, appliedSeq: 0, isDiskFull: false });
    effects.push(...kinds(core.step({ kind: 'tick', nowMs })));
  }
  expect(effects).toEqual([]);
});

test('what a peer acknowledged before its stream was opened anew is forgotten', () => {
  const core = replica();
  core.step({ kind: 'stand', cause: 'handed-over' });
  core.step(own(8));
  core.step({ kind: 'promised', epoch: 8, log: log(n2) });
  core.step({ kind: 'recovered', epoch: 8 });
  core.step({ kind: 'acknowledged', from: n2, epoch: 8, seq: 2 });
  core.step({ kind: 'stream-opened', from: n2 });
  expect(core.acknowledgedBy(n2)).toBeUndefined();
  expect(core.step({ kind: 'logged', seq: 2, epoch: 8 })).toEqual([]);
});

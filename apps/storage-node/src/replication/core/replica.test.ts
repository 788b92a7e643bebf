import type { NodeId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { Replica, type ReplicaEvent, type ReplicaStart } from './replica.ts';

const [n1, n2, n3] = ['node-1', 'node-2', 'node-3'] as NodeId[] as [NodeId, NodeId, NodeId];
const nodes = [n1, n2, n3];

function replica(start: Partial<ReplicaStart> = {}): Replica {
  return new Replica({ self: n1, nodes, promised: { epoch: 0, candidate: null }, last: { seq: 0, epoch: 0 }, commitSeq: 0, ...start });
}

/** The kinds of all effects, in order. */
function kinds(core: Replica, ...events: ReplicaEvent[]): string[] {
  return events.flatMap((event) => core.step(event).map((effect) => effect.kind));
}

/** A primary in `epoch` whose NEW_EPOCH is record `seq` and is committed. */
function activated({ epoch = 1, seq = 1 } = {}): Replica {
  const core = replica({
    promised: { epoch: epoch - 1, candidate: epoch === 1 ? null : n1 },
    last: { seq: seq - 1, epoch: epoch - 1 },
    commitSeq: seq - 1,
  });
  core.step({ kind: 'stand' });
  core.step({ kind: 'promise-stored', promise: { epoch, candidate: n1 } });
  core.step({ kind: 'promised', from: n2, epoch, knowsMore: false });
  core.step({ kind: 'logged', seq, epoch });
  core.step({ kind: 'acknowledged', from: n2, epoch, seq });
  return core;
}

describe('becoming primary', () => {
  test('takes a promise of its own and one more, then a committed NEW_EPOCH, in this order', () => {
    const core = replica();
    expect(core.step({ kind: 'stand' })).toEqual([{ kind: 'store-promise', promise: { epoch: 1, candidate: n1 } }]);
    expect(kinds(core, { kind: 'promise-stored', promise: { epoch: 1, candidate: n1 } })).toEqual(['request-promises']);
    expect(core.role).toBe('candidate');
    expect(core.step({ kind: 'promised', from: n2, epoch: 1, knowsMore: false })).toEqual([{ kind: 'append-new-epoch', epoch: 1 }]);
    expect(kinds(core, { kind: 'logged', seq: 1, epoch: 1 })).toEqual([]);
    expect(core.role).toBe('activating');
    expect(kinds(core, { kind: 'acknowledged', from: n3, epoch: 1, seq: 1 })).toEqual(['commit', 'serve']);
    expect(core.role).toBe('primary');
  });

  test('takes a fresh epoch at every start, above everything promised, logged or heard of', () => {
    const core = replica({ promised: { epoch: 4, candidate: n1 }, last: { seq: 9, epoch: 7 } });
    core.step({ kind: 'fenced', epoch: 11 });
    expect(core.step({ kind: 'stand' })).toEqual([{ kind: 'store-promise', promise: { epoch: 12, candidate: n1 } }]);
  });

  test('does not count a promise of another epoch, of a stranger, or the same one twice', () => {
    const core = replica();
    core.step({ kind: 'members', members: new Set([n1, n2]) });
    core.step({ kind: 'stand' });
    core.step({ kind: 'promise-stored', promise: { epoch: 1, candidate: n1 } });
    expect(kinds(core, { kind: 'promised', from: n2, epoch: 2, knowsMore: false })).toEqual([]);
    expect(kinds(core, { kind: 'promised', from: n3, epoch: 1, knowsMore: false })).toEqual([]);
    expect(core.role).toBe('candidate');
  });

  test('is given up when a peer knows committed records that this log does not have', () => {
    const core = replica();
    core.step({ kind: 'stand' });
    core.step({ kind: 'promise-stored', promise: { epoch: 1, candidate: n1 } });
    expect(kinds(core, { kind: 'promised', from: n2, epoch: 1, knowsMore: true })).toEqual(['step-down']);
    expect(core.role).toBe('secondary');
  });

  test('is tried again at a higher epoch when a peer has promised this one to somebody else', () => {
    const core = replica();
    core.step({ kind: 'stand' });
    core.step({ kind: 'promise-stored', promise: { epoch: 1, candidate: n1 } });
    expect(kinds(core, { kind: 'fenced', epoch: 1 })).toEqual(['step-down']);
    expect(core.step({ kind: 'stand' })).toEqual([{ kind: 'store-promise', promise: { epoch: 2, candidate: n1 } }]);
  });

  test('ends when the epoch was promised to another candidate before the own promise was durable', () => {
    const core = replica();
    core.step({ kind: 'offered', epoch: 1, from: n2 });
    core.step({ kind: 'stand' });
    expect(kinds(core, { kind: 'promise-stored', promise: { epoch: 1, candidate: n2 } })).toEqual(['step-down']);
    expect(kinds(core, { kind: 'commit-known', epoch: 1, commitSeq: 3, heldSeq: 3 })).toEqual(['commit']);
  });

  test('is refused to a learner', () => {
    const core = replica();
    core.step({ kind: 'members', members: new Set([n2, n3]) });
    expect(core.step({ kind: 'stand' })).toEqual([]);
  });
});

describe('committing', () => {
  test('needs the primary itself: two secondaries without it commit nothing', () => {
    const core = activated();
    expect(kinds(core, { kind: 'acknowledged', from: n2, epoch: 1, seq: 5 }, { kind: 'acknowledged', from: n3, epoch: 1, seq: 5 })).toEqual(
      [],
    );
    expect(core.step({ kind: 'logged', seq: 4, epoch: 1 })).toEqual([{ kind: 'commit', seq: 4 }]);
  });

  test('needs a full member: the acknowledgement of a learner does not count', () => {
    const core = activated();
    core.step({ kind: 'members', members: new Set([n1, n2]) });
    core.step({ kind: 'logged', seq: 2, epoch: 1 });
    expect(kinds(core, { kind: 'acknowledged', from: n3, epoch: 1, seq: 2 })).toEqual([]);
    expect(kinds(core, { kind: 'acknowledged', from: n2, epoch: 1, seq: 2 })).toEqual(['commit']);
  });

  test('of records of older epochs happens only together with the record that opened this one', () => {
    const core = replica({ promised: { epoch: 1, candidate: n1 }, last: { seq: 8, epoch: 1 }, commitSeq: 5 });
    core.step({ kind: 'stand' });
    core.step({ kind: 'promise-stored', promise: { epoch: 2, candidate: n1 } });
    core.step({ kind: 'promised', from: n2, epoch: 2, knowsMore: false });
    core.step({ kind: 'logged', seq: 9, epoch: 2 });
    expect(kinds(core, { kind: 'acknowledged', from: n2, epoch: 2, seq: 8 })).toEqual([]);
    expect(core.step({ kind: 'acknowledged', from: n2, epoch: 2, seq: 9 })[0]).toEqual({ kind: 'commit', seq: 9 });
  });

  test('ignores acknowledgements of another epoch', () => {
    const core = activated({ epoch: 3, seq: 7 });
    core.step({ kind: 'logged', seq: 8, epoch: 3 });
    expect(kinds(core, { kind: 'acknowledged', from: n2, epoch: 2, seq: 8 })).toEqual([]);
  });

  test('never goes back', () => {
    const core = activated();
    core.step({ kind: 'logged', seq: 3, epoch: 1 });
    core.step({ kind: 'acknowledged', from: n2, epoch: 1, seq: 3 });
    expect(kinds(core, { kind: 'acknowledged', from: n3, epoch: 1, seq: 2 })).toEqual([]);
    expect(core.commitSeq).toBe(3);
  });
});

describe('fencing', () => {
  test('promises a higher epoch durably before anything of it is taken', () => {
    const core = replica({ self: n2 });
    expect(core.step({ kind: 'offered', epoch: 3, from: n1 })).toEqual([{ kind: 'store-promise', promise: { epoch: 3, candidate: n1 } }]);
    core.step({ kind: 'promise-stored', promise: { epoch: 3, candidate: n1 } });
    expect(core.step({ kind: 'offered', epoch: 3, from: n1 })).toEqual([]);
  });

  test('refuses an older epoch, and the same epoch from another node', () => {
    const core = replica({ self: n2, promised: { epoch: 3, candidate: n1 } });
    expect(kinds(core, { kind: 'offered', epoch: 2, from: n1 }, { kind: 'offered', epoch: 3, from: n3 })).toEqual(['refuse', 'refuse']);
  });

  test('makes a primary step down at once when it sees a higher epoch', () => {
    const core = activated();
    expect(kinds(core, { kind: 'offered', epoch: 2, from: n3 })).toEqual(['step-down', 'store-promise']);
    expect(core.role).toBe('secondary');
    expect(kinds(core, { kind: 'logged', seq: 2, epoch: 1 }, { kind: 'acknowledged', from: n2, epoch: 1, seq: 2 })).toEqual([]);
  });

  test('ends an epoch whose log could not be written, since peers may hold what this node does not', () => {
    const core = activated();
    expect(kinds(core, { kind: 'log-failed', reason: 'disk full' })).toEqual(['step-down']);
    expect(core.step({ kind: 'stand' })).toEqual([{ kind: 'store-promise', promise: { epoch: 2, candidate: n1 } }]);
  });
});

describe('following', () => {
  test('commits no further than what this node holds of the primary', () => {
    const core = replica({ self: n2, promised: { epoch: 1, candidate: n1 } });
    expect(core.step({ kind: 'commit-known', epoch: 1, commitSeq: 9, heldSeq: 4 })).toEqual([{ kind: 'commit', seq: 4 }]);
    expect(core.step({ kind: 'commit-known', epoch: 1, commitSeq: 3, heldSeq: 9 })).toEqual([]);
  });

  test('learns nothing from another epoch than the promised one', () => {
    const core = replica({ self: n2, promised: { epoch: 2, candidate: n1 } });
    expect(core.step({ kind: 'commit-known', epoch: 1, commitSeq: 9, heldSeq: 9 })).toEqual([]);
  });
});

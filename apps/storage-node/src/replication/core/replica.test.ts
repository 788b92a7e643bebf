import type { NodeId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import type { StatedLog } from './activation.ts';
import { Replica, type ReplicaEvent, type ReplicaStart } from './replica.ts';

const [n1, n2, n3] = ['node-1', 'node-2', 'node-3'] as NodeId[] as [NodeId, NodeId, NodeId];
const nodes = [n1, n2, n3];
const SECOND_MS = 1_000;

function replica(start: Partial<ReplicaStart> = {}): Replica {
  return new Replica({
    self: n1,
    nodes,
    promised: { epoch: 0, candidate: null },
    last: { seq: 0, epoch: 0 },
    commitSeq: 0,
    isAutomatic: true,
    preferAfterMs: 60 * SECOND_MS,
    nowMs: 0,
    ...start,
  });
}

/** The kinds of all effects, in order. */
function kinds(core: Replica, ...events: ReplicaEvent[]): string[] {
  return events.flatMap((event) => core.step(event).map((effect) => effect.kind));
}

interface StatedShape {
  readonly lastEpoch?: number;
  readonly lastSeq?: number;
  readonly commitSeq?: number;
  readonly markSeq?: number;
}

const stated = (node: NodeId, { lastEpoch = 0, lastSeq = 0, commitSeq = 0, markSeq = lastSeq }: StatedShape = {}): StatedLog => ({
  node,
  lastEpoch,
  last: { seq: lastSeq, hash: `h${lastSeq}` },
  commitSeq,
  mark: { seq: markSeq, hash: `h${markSeq}` },
  records: [],
});

/** Ticks of a tenth of a second up to `untilMs`; the kinds of all effects. */
function pass(core: Replica, fromMs: number, untilMs: number): string[] {
  const effects: string[] = [];
  for (let nowMs = fromMs + 100; nowMs <= untilMs; nowMs += 100) effects.push(...kinds(core, { kind: 'tick', nowMs }));
  return effects;
}

/** A candidate whose own promise of `epoch` is durable. */
function candidate({ epoch = 1, own = stated(n1), start = {} as Partial<ReplicaStart> } = {}): Replica {
  const core = replica({
    promised: { epoch: epoch - 1, candidate: epoch === 1 ? null : n1 },
    last: { seq: own.last.seq, epoch: own.lastEpoch },
    commitSeq: own.commitSeq,
    ...start,
  });
  core.step({ kind: 'stand', cause: 'handed-over' });
  core.step({ kind: 'promise-stored', promise: { epoch, candidate: n1 }, own });
  return core;
}

/** A primary in `epoch` whose NEW_EPOCH is record `seq` and is committed. */
function activated({ epoch = 1, seq = 1, start = {} as Partial<ReplicaStart> } = {}): Replica {
  const own = stated(n1, { lastEpoch: epoch - 1, lastSeq: seq - 1, commitSeq: seq - 1 });
  const core = candidate({ epoch, own, start });
  core.step({ kind: 'promised', epoch, log: stated(n2) });
  core.step({ kind: 'promised', epoch, log: stated(n3) });
  core.step({ kind: 'recovered', epoch });
  core.step({ kind: 'logged', seq, epoch });
  core.step({ kind: 'acknowledged', from: n2, epoch, seq });
  return core;
}

describe('becoming primary', () => {
  test('takes a pre-vote, two promises, the chosen log, and a committed NEW_EPOCH, in this order', () => {
    const core = replica({ promised: { epoch: 1, candidate: n1 }, last: { seq: 1, epoch: 1 } });
    const own = stated(n1, { lastEpoch: 1, lastSeq: 1 });
    const promise = { epoch: 2, candidate: n1 };
    expect(core.step({ kind: 'tick', nowMs: 0 })).toEqual([{ kind: 'request-prevotes', epoch: 2 }]);
    expect(core.step({ kind: 'prevoted', from: n2, epoch: 2, isGranted: true, promisedEpoch: 0 })).toEqual([
      { kind: 'store-promise', promise },
    ]);
    expect(kinds(core, { kind: 'promise-stored', promise, own })).toEqual(['request-promises']);
    expect(core.role).toBe('candidate');
    expect(core.step({ kind: 'promised', epoch: 2, log: stated(n2) })).toMatchObject([{ kind: 'recover-log', epoch: 2, from: n1 }]);
    expect(core.step({ kind: 'recovered', epoch: 2 })).toEqual([{ kind: 'append-new-epoch', epoch: 2 }]);
    expect(kinds(core, { kind: 'logged', seq: 2, epoch: 2 })).toEqual([]);
    expect(core.role).toBe('activating');
    expect(kinds(core, { kind: 'acknowledged', from: n3, epoch: 2, seq: 2 })).toEqual(['commit', 'serve']);
    expect(core.role).toBe('primary');
  });

  test('takes the promise of every node when none that promised has a record', () => {
    const core = candidate();
    expect(kinds(core, { kind: 'promised', epoch: 1, log: stated(n2) })).toEqual([]);
    expect(kinds(core, { kind: 'promised', epoch: 1, log: stated(n3) })).toEqual(['recover-log']);
  });

  test('raises no epoch while no majority would promise', () => {
    const core = replica();
    core.step({ kind: 'tick', nowMs: 0 });
    const refusal: ReplicaEvent = { kind: 'prevoted', from: n2, epoch: 1, isGranted: false, promisedEpoch: 4 };
    expect(kinds(core, refusal, { ...refusal, from: n3 })).toEqual([]);
    expect(core.promised.epoch).toBe(0);
    pass(core, 0, 1_200);
    expect(core.role).toBe('secondary');
  });

  test('is tried again above what the refusals spoke of', () => {
    const core = replica();
    core.step({ kind: 'tick', nowMs: 0 });
    core.step({ kind: 'prevoted', from: n2, epoch: 1, isGranted: false, promisedEpoch: 4 });
    for (let nowMs = 100; nowMs < 2_500; nowMs += 100) {
      const [effect] = core.step({ kind: 'tick', nowMs });
      if (effect !== undefined) return expect(effect).toEqual({ kind: 'request-prevotes', epoch: 5 });
    }
    expect.unreachable('it did not stand again');
  });

  test('takes a fresh epoch at every start, above everything promised, logged or heard of', () => {
    const core = replica({ promised: { epoch: 4, candidate: n1 }, last: { seq: 9, epoch: 7 } });
    core.step({ kind: 'fenced', epoch: 11 });
    expect(core.step({ kind: 'tick', nowMs: 0 })).toEqual([{ kind: 'request-prevotes', epoch: 12 }]);
  });

  test('does not count a promise of another epoch, of a stranger, or the same one twice', () => {
    const core = replica();
    core.step({ kind: 'members', members: new Set([n1, n2]) });
    core.step({ kind: 'stand', cause: 'handed-over' });
    core.step({ kind: 'promise-stored', promise: { epoch: 1, candidate: n1 }, own: stated(n1) });
    expect(kinds(core, { kind: 'promised', epoch: 2, log: stated(n2) })).toEqual([]);
    expect(kinds(core, { kind: 'promised', epoch: 1, log: stated(n3) })).toEqual([]);
    expect(kinds(core, { kind: 'promised', epoch: 1, log: stated(n1) })).toEqual([]);
    expect(core.role).toBe('candidate');
  });

  test('begins with the better log of a promiser', () => {
    const core = candidate({ own: stated(n1, { lastSeq: 3, lastEpoch: 1 }), epoch: 2 });
    const log = stated(n3, { lastSeq: 4, lastEpoch: 1 });
    expect(core.step({ kind: 'promised', epoch: 2, log })).toMatchObject([{ kind: 'recover-log', from: n3 }]);
  });

  test('is given up when the better log cannot be had, or says that another disk is in this one\u2019s place', () => {
    const core = candidate();
    core.step({ kind: 'promised', epoch: 1, log: stated(n2, { lastSeq: 1 }) });
    expect(kinds(core, { kind: 'recovery-failed', epoch: 1, reason: 'gone' })).toEqual(['step-down']);
    const replaced = candidate();
    replaced.step({ kind: 'promised', epoch: 1, log: stated(n2, { lastSeq: 1 }) });
    replaced.step({ kind: 'members', members: new Set([n2, n3]) });
    expect(kinds(replaced, { kind: 'recovered', epoch: 1 })).toEqual(['step-down']);
  });

  test('waits for a third promise when a damaged log may have lost what was committed', () => {
    const core = candidate();
    expect(kinds(core, { kind: 'promised', epoch: 1, log: stated(n2, { lastSeq: 2, markSeq: 9 }) })).toEqual([]);
    expect(core.waitingFor).toContain('node-2 has lost records 3 to 9');
    expect(kinds(core, { kind: 'promised', epoch: 1, log: stated(n3, { lastSeq: 4 }) })).toEqual(['recover-log']);
  });

  test('is tried again at a higher epoch when a peer has promised this one to somebody else', () => {
    const core = candidate();
    expect(kinds(core, { kind: 'fenced', epoch: 1 })).toEqual(['step-down']);
    expect(core.step({ kind: 'stand', cause: 'handed-over' })).toEqual([{ kind: 'store-promise', promise: { epoch: 2, candidate: n1 } }]);
  });

  test('ends when the epoch was promised to another candidate before the own promise was durable', () => {
    const core = replica();
    core.step({ kind: 'stand', cause: 'handed-over' });
    expect(kinds(core, { kind: 'promise-stored', promise: { epoch: 1, candidate: n2 }, own: stated(n1) })).toEqual(['step-down']);
    expect(kinds(core, { kind: 'commit-known', epoch: 1, commitSeq: 3, heldSeq: 3 })).toEqual(['commit']);
  });

  test('is refused to a learner', () => {
    const core = replica();
    core.step({ kind: 'members', members: new Set([n2, n3]) });
    expect(core.step({ kind: 'stand', cause: 'handed-over' })).toEqual([]);
    expect(pass(core, 0, 9_000)).toEqual([]);
  });
});

describe('time', () => {
  test('the first node of the order stands at its start at once, the others after two seconds and one after the other', () => {
    const standsAt = (self: NodeId): number => {
      const core = replica({ self });
      for (let nowMs = 0; nowMs < 9_000; nowMs += 100) if (core.step({ kind: 'tick', nowMs }).length > 0) return nowMs;
      return Number.POSITIVE_INFINITY;
    };
    expect(standsAt(n1)).toBe(0);
    expect(standsAt(n2)).toBeGreaterThan(2_000);
    expect(standsAt(n3)).toBeGreaterThan(standsAt(n2) + 300);
  });

  test('a word from the primary keeps a secondary quiet', () => {
    const core = replica({ self: n2, promised: { epoch: 3, candidate: n1 } });
    for (let nowMs = 0; nowMs < 9_000; nowMs += 500) {
      core.step({ kind: 'offered', epoch: 3, from: n1 });
      expect(pass(core, nowMs, nowMs + 500)).toEqual([]);
    }
  });

  test('a pre-vote is refused for two seconds after the primary was heard, by the primary, and to a stranger', () => {
    const core = replica({ self: n2, promised: { epoch: 3, candidate: n1 } });
    pass(core, 0, 1_000);
    core.step({ kind: 'offered', epoch: 3, from: n1 });
    expect(core.judgePrevote(n3)).toMatchObject({ isGranted: false });
    pass(core, 1_000, 3_100);
    expect(core.judgePrevote(n3)).toEqual({ isGranted: true, reason: null });
    expect(activated().judgePrevote(n2)).toMatchObject({ isGranted: false, reason: expect.stringContaining('is primary') });
    core.step({ kind: 'members', members: new Set([n1, n2]) });
    expect(core.judgePrevote(n3)).toMatchObject({ isGranted: false });
  });

  test('a primary that hears no other member for two seconds steps down, and goes on while it hears one', () => {
    const core = activated();
    for (let nowMs = 0; nowMs < 6_000; nowMs += 500) {
      core.step({ kind: 'heard', from: n2, epoch: 1, appliedSeq: 1, isDiskFull: false });
      expect(pass(core, nowMs, nowMs + 500)).toEqual([]);
    }
    expect(pass(core, 6_000, 8_500)).toContain('step-down');
  });

  test('a process that was held up does not take that for the silence of others', () => {
    const core = activated();
    pass(core, 0, 300);
    expect(kinds(core, { kind: 'tick', nowMs: 15_000 })).toEqual([]);
    expect(pass(core, 15_000, 16_000)).toContain('step-down');
    const secondary = replica({ self: n2, promised: { epoch: 3, candidate: n1 } });
    secondary.step({ kind: 'offered', epoch: 3, from: n1 });
    expect(kinds(secondary, { kind: 'tick', nowMs: 15_000 })).toEqual([]);
  });

  test('in manual mode only the last primary stands by itself', () => {
    const core = replica({ self: n2, isAutomatic: false, promised: { epoch: 3, candidate: n1 } });
    expect(pass(core, 0, 20_000)).toEqual([]);
    expect(kinds(core, { kind: 'stand', cause: 'promoted' })).toEqual(['request-prevotes']);
    const last = replica({ self: n2, isAutomatic: false, promised: { epoch: 3, candidate: n2 } });
    expect(pass(last, 0, 5_000)).toContain('request-prevotes');
  });

  test('gives way to a preferred node that was caught up for long enough, and not again at once', () => {
    const core = activated({ start: { self: n1, nodes: [n2, n1, n3], preferAfterMs: 2_000 } });
    const handedOver: number[] = [];
    for (let nowMs = 100; nowMs < 9_000; nowMs += 100) {
      core.step({ kind: 'heard', from: n2, epoch: 1, appliedSeq: 1, isDiskFull: false });
      if (kinds(core, { kind: 'tick', nowMs }).includes('hand-over')) handedOver.push(nowMs);
    }
    expect(handedOver[0]).toBeGreaterThanOrEqual(2_000);
    expect((handedOver[1] ?? 99_000) - (handedOver[0] ?? 0)).toBeGreaterThan(3_000);
  });

  test('gives way to no node whose disk is full, and to one that has room again only once it had that for long enough', () => {
    const core = activated({ start: { self: n1, nodes: [n2, n1, n3], preferAfterMs: 2_000 } });
    const passHearing = (fromMs: number, untilMs: number, isDiskFull: boolean): string[] => {
      const effects: string[] = [];
      for (let nowMs = fromMs; nowMs < untilMs; nowMs += 100)
        effects.push(...kinds(core, { kind: 'heard', from: n2, epoch: 1, appliedSeq: 1, isDiskFull }, { kind: 'tick', nowMs }));
      return effects;
    };
    expect(passHearing(100, 1_900, false)).toEqual([]);
    expect(passHearing(1_900, 9_000, true)).toEqual([]);
    expect(passHearing(9_000, 10_900, false)).toEqual([]);
    expect(passHearing(10_900, 11_500, false)).toEqual(['hand-over']);
  });

  test('gives way to no node that holds the log and is behind in applying it, until it is not', () => {
    const core = activated({ start: { self: n1, nodes: [n2, n1, n3], preferAfterMs: 2_000 } });
    core.step({ kind: 'logged', seq: 5_000, epoch: 1 });
    core.step({ kind: 'acknowledged', from: n2, epoch: 1, seq: 5_000 });
    expect(core.commitSeq).toBe(5_000);
    const passHearing = (fromMs: number, untilMs: number, appliedSeq: number): string[] => {
      const effects: string[] = [];
      for (let nowMs = fromMs; nowMs < untilMs; nowMs += 100)
        effects.push(...kinds(core, { kind: 'heard', from: n2, epoch: 1, appliedSeq, isDiskFull: false }, { kind: 'tick', nowMs }));
      return effects;
    };
    expect(passHearing(100, 10_000, 4_000)).toEqual([]);
    expect(passHearing(10_000, 11_900, 5_000)).toEqual([]);
    expect(passHearing(11_900, 12_500, 5_000)).toEqual(['hand-over']);
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
    const core = candidate({ epoch: 2, own: stated(n1, { lastEpoch: 1, lastSeq: 8, commitSeq: 5 }) });
    core.step({ kind: 'promised', epoch: 2, log: stated(n2) });
    core.step({ kind: 'recovered', epoch: 2 });
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
    core.step({ kind: 'promise-stored', promise: { epoch: 3, candidate: n1 }, own: stated(n2) });
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
    expect(core.step({ kind: 'stand', cause: 'handed-over' })).toEqual([{ kind: 'store-promise', promise: { epoch: 2, candidate: n1 } }]);
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

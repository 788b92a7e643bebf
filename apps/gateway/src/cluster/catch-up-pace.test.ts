import type { NodeId } from '@netstore/shared-types';
import type { NodeReport, Status } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { CatchUpPace, type Pace } from './catch-up-pace.ts';

const one = 'node-1' as NodeId;
const three = 'node-3' as NodeId;

/** The primary has 1000 records, and node 3 lacks so much. */
function reports({ records = 0, bytes = 0 }): NodeReport[] {
  const primary = { nodeId: one, role: 'primary', epoch: 1, lastSeq: 1000, commitSeq: 1000, debt: { blobs: 0, bytes: 0, heldSeq: 1000 } };
  const node = { ...primary, nodeId: three, role: 'secondary', lastSeq: 1000 - records, debt: { blobs: 1, bytes, heldSeq: 0 } };
  return [
    { nodeId: one, status: primary as unknown as Status },
    { nodeId: three, status: node as unknown as Status },
  ];
}

/** What is said of node 3 after it was seen at these times, in seconds. */
function seen(pace: CatchUpPace, ...states: readonly (readonly [number, { records?: number; bytes?: number }])[]): Pace | undefined {
  let last: Pace | undefined;
  for (const [atSeconds, lacking] of states) last = pace.observe(reports(lacking), atSeconds * 1000).get(three);
  return last;
}

describe('the pace of a node that catches up', () => {
  test('is not known at the first look', () => {
    expect(seen(new CatchUpPace(), [0, { bytes: 100 }])).toEqual({ progress: null, secondsLeft: null });
  });

  test('tells how much is done and how long the rest takes', () => {
    expect(seen(new CatchUpPace(), [0, { bytes: 1000 }], [2, { bytes: 800 }], [4, { bytes: 600 }])).toEqual({
      progress: 0.4,
      secondsLeft: 6,
    });
  });

  test('counts what is slower, records or bytes', () => {
    const pace = seen(new CatchUpPace(), [0, { records: 500, bytes: 1000 }], [4, { records: 100, bytes: 900 }]);
    expect(pace?.progress).toBeCloseTo(0.1);
    expect(pace?.secondsLeft).toBe(36);
  });

  test.each([
    ['stands still', 1000],
    ['loses more than it gets', 1200],
  ])('says no time while the node %s', (_, bytes) => {
    expect(seen(new CatchUpPace(), [0, { bytes: 1000 }], [4, { bytes }])?.secondsLeft).toBeNull();
  });

  test('is by the last half minute, and progress by all that was lacking', () => {
    const pace = new CatchUpPace();
    expect(seen(pace, [0, { bytes: 1000 }], [5, { bytes: 500 }], [60, { bytes: 400 }], [62, { bytes: 300 }])).toEqual({
      progress: 0.7,
      secondsLeft: 6,
    });
  });

  test('is done when nothing is lacking, and begins anew after that', () => {
    const pace = new CatchUpPace();
    expect(seen(pace, [0, { bytes: 1000 }], [2, {}])).toEqual({ progress: 1, secondsLeft: 0 });
    expect(seen(pace, [4, { bytes: 100 }], [6, { bytes: 50 }])).toEqual({ progress: 0.5, secondsLeft: 2 });
  });

  test('is not known of a node that does not answer, nor without a primary', () => {
    const pace = new CatchUpPace();
    seen(pace, [0, { bytes: 1000 }], [2, { bytes: 500 }]);
    const [primary, node] = reports({ bytes: 400 }) as [NodeReport, NodeReport];
    expect(pace.observe([primary, { nodeId: three, status: null }], 3000).has(three)).toBe(false);
    expect(pace.observe([{ nodeId: one, status: null }, node], 4000).has(three)).toBe(false);
    expect(pace.observe([primary, node], 5000).get(three)).toEqual({ progress: null, secondsLeft: null });
  });

  test('is the same however often it is asked for', () => {
    const pace = new CatchUpPace();
    let last: Pace | undefined;
    for (let atMs = 0; atMs <= 50_000; atMs += 10) last = pace.observe(reports({ bytes: 100_000 - atMs }), atMs).get(three);
    expect(last).toEqual({ progress: 0.5, secondsLeft: 50 });
  });
});

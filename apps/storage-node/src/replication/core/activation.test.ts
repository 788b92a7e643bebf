import type { NodeId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { chooseLog, type StatedLog } from './activation.ts';

const [n1, n2, n3] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const NODE_COUNT = 3;

interface LogShape {
  readonly lastEpoch?: number;
  readonly lastSeq?: number;
  readonly commitSeq?: number;
  readonly markSeq?: number;
  readonly branch?: string;
}

/** A log of records that are called after their seq and the branch they are on. */
function log(node: NodeId, { lastEpoch = 1, lastSeq = 5, commitSeq = 3, markSeq = lastSeq, branch = 'a' }: LogShape = {}): StatedLog {
  const at = (seq: number) => ({ seq, hash: `${branch}${seq}` });
  const records = Array.from({ length: Math.max(0, lastSeq - commitSeq) }, (_, index) => at(commitSeq + 1 + index));
  return { node, lastEpoch, last: at(lastSeq), commitSeq, mark: at(markSeq), records };
}

const chosen = (...logs: StatedLog[]) => {
  const choice = chooseLog(logs, NODE_COUNT);
  return choice.kind === 'chosen' ? choice.from : choice.kind;
};

describe('the log that an epoch begins with', () => {
  test('is not known before a majority has promised', () => {
    expect(chosen(log(n1))).toBe('wait');
  });

  test('is the one of the highest last epoch, however short', () => {
    expect(chosen(log(n1, { lastSeq: 90 }), log(n2, { lastEpoch: 2, lastSeq: 7 }))).toBe(n2);
  });

  test('is the longest of those, and the candidate has no privilege', () => {
    expect(chosen(log(n1, { lastSeq: 5 }), log(n2, { lastSeq: 6 }))).toBe(n2);
  });

  test('is the candidate\u2019s own when it is as good as any', () => {
    expect(chosen(log(n1), log(n2))).toBe(n1);
  });
});

describe('an empty log', () => {
  const empty = { lastEpoch: 0, lastSeq: 0, commitSeq: 0 };

  test('begins the first epoch when all nodes have one', () => {
    expect(chosen(log(n1, empty), log(n2, empty))).toBe('wait');
    expect(chosen(log(n1, empty), log(n2, empty), log(n3, empty))).toBe(n1);
  });

  test('never stands in the way of one that is not', () => {
    expect(chosen(log(n1, empty), log(n2, { lastSeq: 1, commitSeq: 0 }))).toBe(n2);
  });
});

describe('a damaged log', () => {
  test('does not have what its node knows to be committed and has lost', () => {
    const damaged = log(n1, { lastSeq: 3, commitSeq: 5, markSeq: 5 });
    expect(chosen(damaged, log(n2, { lastSeq: 3 }))).toBe('wait');
    expect(chosen(damaged, log(n2, { lastSeq: 3 }), log(n3, { lastSeq: 5 }))).toBe(n3);
  });

  test('waits for the third node when the other one may lack what was lost', () => {
    expect(chosen(log(n1, { lastSeq: 5 }), log(n2, { lastSeq: 4, markSeq: 7 }))).toBe('wait');
  });

  test('says which records of which node are missing', () => {
    const choice = chooseLog([log(n1), log(n2, { lastSeq: 4, markSeq: 7 })], NODE_COUNT);
    expect(choice).toMatchObject({ reason: expect.stringContaining('node-2 has lost records 5 to 7') });
  });

  test('does not wait when the other one has the record at its mark', () => {
    expect(chosen(log(n1, { lastSeq: 8 }), log(n2, { lastSeq: 4, markSeq: 7 }))).toBe(n1);
  });

  test('does not take a record of the same number for the one at its mark', () => {
    expect(chosen(log(n1, { lastSeq: 8 }), log(n2, { lastSeq: 4, markSeq: 7, branch: 'b' }))).toBe('wait');
  });

  test('does not wait when its mark is at or below what is committed', () => {
    expect(chosen(log(n1, { lastSeq: 9, commitSeq: 8 }), log(n2, { lastSeq: 4, commitSeq: 3, markSeq: 7, branch: 'b' }))).toBe(n1);
  });

  test('is no obstacle once all three have promised', () => {
    expect(chosen(log(n1), log(n2, { lastSeq: 4, markSeq: 7, branch: 'b' }), log(n3))).toBe(n1);
  });

  test('and a second one are too many, even then', () => {
    const lost = { lastSeq: 4, markSeq: 7, branch: 'b' };
    expect(chosen(log(n1), log(n2, lost), log(n3, lost))).toBe('wait');
  });

  test('may be the candidate\u2019s own', () => {
    expect(chosen(log(n1, { lastSeq: 4, markSeq: 7 }), log(n2, { lastSeq: 6 }))).toBe('wait');
    expect(chosen(log(n1, { lastSeq: 4, markSeq: 7 }), log(n2, { lastSeq: 7 }))).toBe(n2);
  });
});

import type { ClusterId, NodeId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { judgeStop, type NodeReport, primaryOf } from './judge-stop.ts';
import type { PeerStatus, Status } from './messages/status.ts';
import { SAMPLE_BODIES } from './testing/sample-messages.ts';

const [one, two, three] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];

function report(nodeId: NodeId, change: Partial<Status> = {}): NodeReport {
  const isPrimary = nodeId === one;
  const status: Status = {
    ...SAMPLE_BODIES.STATUS,
    nodeId,
    clusterId: 'c'.repeat(32) as ClusterId,
    role: isPrimary ? 'primary' : 'secondary',
    epoch: 3,
    primary: one,
    failover: 'automatic',
    canCommit: isPrimary,
    lastSeq: 1000,
    debt: { blobs: 0, bytes: 0, heldSeq: 1000 },
    peers: [],
    reason: null,
    ...change,
  };
  return { nodeId, status };
}
const peer = (change: Partial<PeerStatus>): PeerStatus => ({
  nodeId: three,
  isConnected: true,
  isMember: true,
  ackedSeq: 1000,
  debt: null,
  lastHeardAtMs: 1,
  reason: null,
  ...change,
});
const silent = (nodeId: NodeId): NodeReport => ({ nodeId, status: null });

describe('a node may be stopped', () => {
  test('when the two others are whole, the primary too where another takes over by itself', () => {
    const reports = [report(one), report(two), report(three)];
    expect([one, two, three].map((id) => judgeStop(id, reports).isSafe)).toEqual([true, true, true]);
    expect(judgeStop(one, reports).reason).toContain('takes over');
    expect(judgeStop(two, reports).reason).toContain('hold every file');
  });

  test('although the others are a few records behind, which a busy cluster always is', () => {
    expect(judgeStop(two, [report(one), report(two), report(three, { lastSeq: 950 })]).isSafe).toBe(true);
  });

  test('when it is the one that lacks something', () => {
    expect(judgeStop(three, [report(one), report(two), report(three, { debt: { blobs: 2, bytes: 5, heldSeq: 8 } })]).isSafe).toBe(true);
  });
});

describe('a node may not be stopped', () => {
  const cases: readonly [string, NodeId, readonly NodeReport[], string][] = [
    ['that is primary and has no stand-in', one, [report(one, { failover: 'manual' }), report(two), report(three)], 'orders the writes'],
    ['that does not answer', two, [report(one), silent(two), report(three)], 'does not answer'],
    ['that is not in the list', 'node-9' as NodeId, [report(one), report(two), report(three)], 'does not answer'],
    ['while another is silent', two, [report(one), report(two), silent(three)], 'Only 1 of the others'],
    ['while another is a learner', two, [report(one), report(two), report(three, { role: 'learner' })], 'Only 1 of the others'],
    [
      'while another lacks blobs',
      two,
      [report(one), report(two), report(three, { debt: { blobs: 1, bytes: 1, heldSeq: 8 } })],
      'lacks parts',
    ],
    ['while another is far behind', two, [report(one), report(two), report(three, { lastSeq: 10 })], '990 records behind'],
    [
      'while the primary refuses the disk of another',
      two,
      [report(one, { peers: [peer({ isMember: false })] }), report(two), report(three)],
      'Only 1',
    ],
    [
      'while the primary does not hear another',
      two,
      [report(one, { peers: [peer({ isConnected: false })] }), report(two), report(three)],
      'Only 1',
    ],
    ['while nobody is primary', two, [report(one, { role: 'secondary' }), report(two), report(three)], 'No primary'],
    [
      'while the primary cannot commit',
      two,
      [report(one, { canCommit: false, reason: 'Its disk is slow.' }), report(two), report(three)],
      'Its disk is slow.',
    ],
  ];
  test.each(cases)('%s', (_, id, reports, reason) => {
    const verdict = judgeStop(id, reports);
    expect(verdict.isSafe).toBe(false);
    expect(verdict.reason).toContain(reason);
  });
});

test('of two that take themselves for the primary the one of the higher epoch is', () => {
  expect(primaryOf([report(one), report(two, { role: 'primary', epoch: 4 })])?.nodeId).toBe(two);
});

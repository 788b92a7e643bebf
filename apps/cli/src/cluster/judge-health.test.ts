import { describe, expect, test } from 'vitest';
import { asked, healthy, ONE, peer, scrubSummary, silent, THREE, TWO } from '../testing/asked-node.ts';
import type { AskedNode } from './cluster-client.ts';
import { judgeHealth } from './judge-health.ts';

test('three good nodes are healthy, and there is nothing to say', () => {
  expect(judgeHealth(healthy())).toEqual({ health: 'healthy', reasons: [] });
});

test('a busy cluster, whose secondaries are a few records behind, is healthy', () => {
  const reports = [asked(ONE, { filesAtRisk: 3 }), asked(TWO, { lastSeq: 990 }), asked(THREE)];
  expect(judgeHealth(reports).health).toBe('healthy');
});

describe('a cluster is degraded', () => {
  const cases: readonly [string, readonly AskedNode[], string][] = [
    ['when a node is silent', [asked(ONE), asked(TWO), silent(THREE)], 'node-3 does not answer: connection refused'],
    ['when a node is a learner', [asked(ONE), asked(TWO), asked(THREE, { role: 'learner' })], 'node-3 is a learner'],
    [
      'when a node lacks blobs',
      [asked(ONE), asked(TWO), asked(THREE, { debt: { blobs: 2, bytes: 2048, heldSeq: 1 } })],
      'node-3 lacks 2 blobs (2.0 KiB)',
    ],
    ['when a node is far behind', [asked(ONE), asked(TWO), asked(THREE, { lastSeq: 5 })], 'node-3 is 995 records behind'],
    [
      'when a node says so itself',
      [asked(ONE), asked(TWO), asked(THREE, { reason: 'No primary is connected.' })],
      'node-3: No primary is connected.',
    ],
    ['when nobody is primary', [asked(ONE, { role: 'secondary' }), asked(TWO), asked(THREE)], 'No node that answers is primary'],
    ['when the primary cannot commit', [asked(ONE, { canCommit: false }), asked(TWO), asked(THREE)], 'cannot commit'],
    [
      'when two take themselves for primary',
      [asked(ONE), asked(TWO, { role: 'primary', epoch: 2 }), asked(THREE)],
      'node-2 takes itself for the primary of epoch 2',
    ],
    ['when files at risk are not counted', [asked(ONE, { filesAtRisk: null }), asked(TWO), asked(THREE)], 'is not known'],
    [
      'when blobs are lost',
      [asked(ONE, { scrub: scrubSummary({ lostBlobs: 1 }) }), asked(TWO), asked(THREE)],
      '1 blob is lost: no node has a good copy. Files that need it cannot be read as a whole.',
    ],
    [
      'when a node does not know what is lost',
      [asked(ONE, { scrub: scrubSummary({ lostBlobs: null }) }), asked(TWO), asked(THREE)],
      'node-1 does not know yet whether the others hold what it lacks.',
    ],
    ['when a disk is full', [asked(ONE), asked(TWO), asked(THREE, { diskProblem: 'The disk is full.' })], 'node-3: The disk is full.'],
    [
      'when nodes are of two clusters',
      [asked(ONE), asked(TWO), asked(THREE, { clusterId: 'd'.repeat(32) as never })],
      'different clusters',
    ],
    [
      'when the primary refuses the disk of a node',
      [
        asked(ONE, { peers: [peer(TWO), peer(THREE, { isMember: false, reason: 'Its disk went back in time.' })] }),
        asked(TWO),
        asked(THREE),
      ],
      'node-3, says node-1: Its disk went back in time.',
    ],
    [
      'when the primary does not hear a node that answers here',
      [asked(ONE, { peers: [peer(TWO), peer(THREE, { isConnected: false })] }), asked(TWO), asked(THREE)],
      'node-3 is not connected to node-1',
    ],
  ];
  test.each(cases)('%s', (_, reports, reason) => {
    const verdict = judgeHealth(reports);
    expect(verdict.health).toBe('degraded');
    expect(verdict.reasons.join('\n')).toContain(reason);
  });
});

test('lost blobs are said first, and once however many nodes count them', () => {
  const scrub = scrubSummary({ lostBlobs: 2 });
  const { reasons } = judgeHealth([asked(ONE, { scrub }), asked(TWO, { scrub }), silent(THREE)]);
  expect(reasons.map((reason) => reason.split(':')[0])).toEqual(['2 blobs are lost', 'node-3 does not answer']);
});

describe('how a cluster is, is not known', () => {
  test.each([
    ['when one node answers', [asked(ONE), silent(TWO), silent(THREE)]],
    ['when none does', [silent(ONE), silent(TWO), silent(THREE)]],
  ])('%s', (_, reports) => {
    const verdict = judgeHealth(reports);
    expect(verdict.health).toBe('unknown');
    expect(verdict.reasons[0]).toContain('nodes answered');
  });
});

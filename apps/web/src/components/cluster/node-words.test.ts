import type { ClusterNode } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { lossWords, missingWords, proofWords, quarantineWords, roundWords } from './node-words.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const node: ClusterNode = {
  id: 'node-1',
  role: 'secondary',
  epoch: 1,
  seq: 1,
  lag: 0,
  missingBlobs: 0,
  missingBytes: 0,
  lostBlobs: 0,
  quarantined: 0,
  lastScrubEndedAt: new Date(nowMs - 3 * 3_600_000).toISOString(),
  scrubProgress: null,
  progress: 1,
  secondsUntilCaughtUp: 0,
  problem: null,
  freeBytes: 1,
  usedBytes: 1,
  isSafeToStop: true,
  reason: '',
};

test('a copy is as good as its last proof, and what was never proven is not called old', () => {
  expect(proofWords(node, nowMs)).toBe('3 h ago');
  expect(roundWords(node)).toBeUndefined();
  expect(roundWords({ ...node, scrubProgress: 0.4 })).toMatch(/^40\s% read$/);
  expect(proofWords({ ...node, lastScrubEndedAt: null }, nowMs)).toBe('Not yet');
  expect(proofWords({ ...node, lastScrubEndedAt: new Date(nowMs).toISOString() }, nowMs)).toBe('Just now');
});

test('of a node that does not answer nothing is said', () => {
  const away: ClusterNode = {
    ...node,
    role: 'unreachable',
    lastScrubEndedAt: null,
    missingBlobs: null,
    lostBlobs: null,
    quarantined: null,
  };
  expect([proofWords(away, nowMs), missingWords(away), lossWords(away), quarantineWords(away)]).toEqual(Array(4).fill(undefined));
});

test('what is missing, lost and in quarantine is counted', () => {
  expect(missingWords(node)).toBe('None');
  expect(missingWords({ ...node, missingBlobs: 2, missingBytes: 2000 })).toMatch(/^2 blobs, 2(\.0)? kB$/);
  expect(lossWords(node)).toBeUndefined();
  expect(lossWords({ ...node, lostBlobs: 1 })).toBe('1 blob lost: no node has a good copy.');
  expect(quarantineWords({ ...node, quarantined: 2 })).toBe('2 files');
});

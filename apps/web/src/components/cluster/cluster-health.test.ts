import type { Cluster, ClusterNode } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { clusterHealth } from './cluster-health.ts';

const node = (id: string, change: Partial<ClusterNode> = {}): ClusterNode => ({
  id,
  role: 'secondary',
  epoch: 4,
  seq: 9,
  lag: 0,
  missingBlobs: 0,
  missingBytes: 0,
  lostBlobs: 0,
  quarantined: 0,
  lastScrubEndedAt: null,
  scrubProgress: null,
  progress: 1,
  secondsUntilCaughtUp: 0,
  problem: null,
  freeBytes: 1,
  usedBytes: 1,
  isSafeToStop: true,
  reason: '',
  ...change,
});
const cluster = (change: Partial<Cluster> = {}): Cluster => ({
  clusterId: 'c',
  epoch: 4,
  primary: 'node-1',
  commitSeq: 9,
  failover: 'automatic',
  filesAtRisk: 0,
  riskReason: null,
  secondsUntilSafe: 0,
  nodes: [node('node-1', { role: 'primary' }), node('node-2'), node('node-3')],
  ...change,
});
const toneOf = (change: Partial<Cluster>): string => clusterHealth({ cluster: cluster(change), isCurrent: true }).tone;

describe('the health of the cluster', () => {
  test('is whole only when everything is known and in place', () => {
    expect(toneOf({})).toBe('whole');
  });

  test('is unknown without an answer, or with one that is too old', () => {
    expect(clusterHealth({ cluster: undefined, isCurrent: true }).tone).toBe('unknown');
    expect(clusterHealth({ cluster: cluster(), isCurrent: false }).tone).toBe('unknown');
  });

  test.each([
    [
      'a node does not answer',
      { nodes: [node('node-1', { role: 'primary' }), node('node-2'), node('node-3', { role: 'unreachable', lag: null })] },
      'partial',
    ],
    ['there is no primary', { primary: null }, 'bad'],
    ['files lack a copy', { filesAtRisk: 2 }, 'partial'],
    ['the files at risk are not counted', { filesAtRisk: null }, 'unknown'],
    ['a node is behind', { nodes: [node('node-1', { role: 'primary' }), node('node-2', { lag: 3 })] }, 'partial'],
    ['a node is a learner', { nodes: [node('node-1', { role: 'primary' }), node('node-2', { role: 'learner' })] }, 'partial'],
    [
      'a node does not say what it lacks',
      { nodes: [node('node-1', { role: 'primary' }), node('node-2', { missingBlobs: null })] },
      'partial',
    ],
  ] as const)('is not whole when %s', (_, change, tone) => {
    expect(toneOf(change as Partial<Cluster>)).toBe(tone);
  });

  test('is bad while a blob is lost, whatever else is wrong, and says that first', () => {
    const nodes = [node('node-1', { role: 'primary' }), node('node-2', { lostBlobs: 1 }), node('node-3', { role: 'unreachable' })];
    const lost = { nodes, filesAtRisk: 1, riskReason: '1 blob is lost: no node has a good copy.', secondsUntilSafe: null };
    const bad = { tone: 'bad', title: 'Parts of files are lost', text: '1 blob is lost: no node has a good copy.' };
    expect(clusterHealth({ cluster: cluster(lost), isCurrent: true })).toEqual(bad);
    expect(clusterHealth({ cluster: cluster({ ...lost, primary: null }), isCurrent: true })).toEqual(bad);
    expect(clusterHealth({ cluster: cluster(lost), isCurrent: false }).tone).toBe('unknown');
  });

  test('is not whole while a disk is full, though nothing lacks a copy', () => {
    const nodes = [node('node-1', { role: 'primary' }), node('node-2'), node('node-3', { problem: 'The disk is full.' })];
    expect(clusterHealth({ cluster: cluster({ nodes }), isCurrent: true })).toEqual({
      tone: 'partial',
      title: 'node-3 needs attention',
      text: 'node-3: The disk is full.',
    });
  });

  const textOf = (change: Partial<Cluster>): string => clusterHealth({ cluster: cluster(change), isCurrent: true }).text;

  test('says whether another node becomes primary by itself', () => {
    expect(textOf({ primary: null })).toContain('within seconds');
    expect(textOf({ primary: null, failover: 'manual' })).not.toContain('within seconds');
    const nodes = [node('node-1'), node('node-2', { role: 'unreachable' }), node('node-3', { role: 'unreachable' })];
    expect(textOf({ primary: null, nodes })).not.toContain('within seconds');
  });

  test('says why files are at risk and for how long, if that is known', () => {
    const risk = { filesAtRisk: 1, riskReason: 'node-3 still lacks 2 blobs.' };
    expect(textOf({ ...risk, secondsUntilSafe: 40 })).toBe(
      '1 file has fewer copies than there should be. node-3 still lacks 2 blobs. All are made in about 40 s.',
    );
    expect(textOf({ ...risk, secondsUntilSafe: null })).toContain('cannot be said');
  });

  test('says whom the primary refuses, and why', () => {
    const nodes = [
      node('node-1', { role: 'primary' }),
      node('node-2'),
      node('node-3', { role: 'learner', problem: 'Its disk went back in time.' }),
    ];
    expect(clusterHealth({ cluster: cluster({ nodes }), isCurrent: true })).toMatchObject({
      tone: 'partial',
      title: '2 of 3 nodes count',
      text: 'node-3 is not counted on: Its disk went back in time.',
    });
  });
});

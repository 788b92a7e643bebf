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
  filesAtRisk: 0,
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
});

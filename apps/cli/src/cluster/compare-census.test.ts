import { NetStoreError } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { counted, ONE, scrubState, THREE, TWO } from '../testing/asked-node.ts';
import type { AskedScrub } from './cluster-client.ts';
import { compareCensus, isMoving } from './compare-census.ts';

const other = new Uint8Array(32).fill(1);
const silent: AskedScrub = { nodeId: THREE, state: null, failure: new NetStoreError('NS_UNAVAILABLE', 'connection refused') };

test('nodes with one census are equal', () => {
  expect(compareCensus([counted(ONE), counted(TWO), counted(THREE)])).toEqual({ agreement: 'equal', seq: 7, differences: [] });
});

describe('nodes are different', () => {
  test.each([
    [
      'in their catalogues',
      { digest: other },
      'The catalogues differ: node-1 and node-2 have 0000000000000000 against node-3 has 0101010101010101.',
    ],
    ['in their blobs', { blobDigest: other }, 'The nodes hold different blobs'],
    ['in the count of their blobs', { blobs: 2 }, 'node-3 has 2 blobs'],
  ])('%s', (_, change, text) => {
    const comparison = compareCensus([counted(ONE), counted(TWO), counted(THREE, change)]);
    expect(comparison.agreement).toBe('different');
    expect(comparison.differences.join('\n')).toContain(text);
  });

  test('also when a third one is silent', () => {
    const comparison = compareCensus([counted(ONE), counted(TWO, { digest: other }), silent]);
    expect(comparison.agreement).toBe('different');
    expect(comparison.differences).toHaveLength(2);
  });
});

describe('it cannot be told', () => {
  test('when a node is silent, although the others agree', () => {
    const comparison = compareCensus([counted(ONE), counted(TWO), silent]);
    expect(comparison).toEqual({ agreement: 'unknown', seq: 7, differences: ['node-3 gave no census: connection refused'] });
  });

  test('when a node has taken no census', () => {
    const comparison = compareCensus([counted(ONE), counted(TWO), { nodeId: THREE, state: scrubState(), failure: null }]);
    expect(comparison.agreement).toBe('unknown');
  });

  test('when the nodes are at different records, whatever their digests', () => {
    const answers = [counted(ONE), counted(TWO), counted(THREE, { seq: 8, digest: other })];
    expect(compareCensus(answers)).toMatchObject({ agreement: 'unknown', seq: null });
    expect([isMoving(answers), isMoving([counted(ONE), silent])]).toEqual([true, false]);
  });

  test('when nobody answers', () => {
    expect(compareCensus([silent])).toMatchObject({ agreement: 'unknown', seq: null });
  });
});

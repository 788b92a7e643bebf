import type { NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { judgeEpoch, nextEpoch } from './epoch.ts';

const [a, b] = ['a', 'b'] as [NodeId, NodeId];

test('a node accepts the pair it promised, promises a higher epoch, and fences the rest', () => {
  const promised = { epoch: 4, candidate: a };
  expect(judgeEpoch(promised, 4, a)).toBe('accept');
  expect(judgeEpoch(promised, 5, b)).toBe('promise');
  expect(judgeEpoch(promised, 4, b)).toBe('fenced');
  expect(judgeEpoch(promised, 3, a)).toBe('fenced');
  expect(judgeEpoch({ epoch: 0, candidate: null }, 0, a)).toBe('fenced');
});

test('the next epoch is above every one that is known', () => {
  expect(nextEpoch(3, 9, 1)).toBe(10);
  expect(nextEpoch()).toBe(1);
});

import type { NodeId } from '@netstore/shared-types';
import { beforeEach, describe, expect, test } from 'vitest';
import { PrimaryGuess } from './primary-guess.ts';

const [one, two, three] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];

describe('the guess of who is primary', () => {
  let guess: PrimaryGuess;
  beforeEach(() => {
    guess = new PrimaryGuess([one, two, three]);
  });

  test('begins with the first that is configured', () => {
    expect(guess.nodeId).toBe(one);
    expect(guess.epoch).toBe(0);
  });

  test('follows what is said from the same epoch or a later one', () => {
    guess.learn({ epoch: 2, primary: three });
    expect([guess.nodeId, guess.epoch]).toEqual([three, 2]);
    guess.learn({ epoch: 2, primary: two });
    expect(guess.nodeId).toBe(two);
  });

  test('never goes back to a lower epoch', () => {
    guess.learn({ epoch: 5, primary: two });
    guess.learn({ epoch: 4, primary: one });
    expect([guess.nodeId, guess.epoch]).toEqual([two, 5]);
  });

  test('learns of an epoch without a primary, and of no node that is not configured', () => {
    guess.learn({ epoch: 7, primary: null });
    expect([guess.nodeId, guess.epoch]).toEqual([one, 7]);
    guess.learn({ epoch: 8, primary: 'node-9' as NodeId });
    expect([guess.nodeId, guess.epoch]).toEqual([one, 8]);
  });

  test('moves on in the configured order, once for many that fail at once', () => {
    guess.moveOnFrom(one);
    guess.moveOnFrom(one);
    expect(guess.nodeId).toBe(two);
    guess.moveOnFrom(two);
    guess.moveOnFrom(three);
    expect(guess.nodeId).toBe(one);
  });

  test('needs a node', () => {
    expect(() => new PrimaryGuess([])).toThrow(RangeError);
  });
});

import type { NodeId } from '@netstore/shared-types';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Primacy, PrimaryGuess } from './primary-guess.ts';

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

  test('follows hints of the same epoch and of later ones', () => {
    guess.hear({ epoch: 2, primary: three });
    expect(guess.nodeId).toBe(three);
    guess.hear({ epoch: 2, primary: two });
    expect(guess.nodeId).toBe(two);
    guess.hear({ epoch: 1, primary: one });
    expect(guess.nodeId).toBe(two);
  });

  test('takes a hint for no proof: an epoch that a candidate named may never begin', () => {
    guess.prove({ epoch: 5, nodeId: one });
    guess.hear({ epoch: 7, primary: two });
    expect([guess.nodeId, guess.epoch]).toEqual([two, 5]);
    expect(guess.prove({ epoch: 5, nodeId: one })).toBe(true);
    expect(guess.nodeId).toBe(one);
  });

  test('never goes back to a lower epoch than one in which a primary answered', () => {
    expect(guess.prove({ epoch: 5, nodeId: two })).toBe(true);
    expect(guess.prove({ epoch: 4, nodeId: one })).toBe(false);
    guess.hear({ epoch: 4, primary: one });
    expect([guess.nodeId, guess.epoch]).toEqual([two, 5]);
  });

  test('learns nothing from a hint that names nobody, or a node that is not configured', () => {
    guess.hear({ epoch: 7, primary: null });
    guess.hear({ epoch: 8, primary: 'node-9' as NodeId });
    expect([guess.nodeId, guess.epoch]).toEqual([one, 0]);
  });

  test('tells once of each primary that is proven', () => {
    const told: Primacy[] = [];
    const listening = guess.onProven((primacy) => told.push(primacy));
    guess.prove({ epoch: 1, nodeId: one });
    guess.prove({ epoch: 1, nodeId: one });
    guess.prove({ epoch: 2, nodeId: three });
    listening[Symbol.dispose]();
    guess.prove({ epoch: 3, nodeId: one });
    expect(told).toEqual([
      { epoch: 1, nodeId: one },
      { epoch: 2, nodeId: three },
    ]);
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

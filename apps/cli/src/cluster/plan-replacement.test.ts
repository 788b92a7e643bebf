import { describe, expect, test } from 'vitest';
import { asked, counted, healthy, ONE, silent, THREE, TWO } from '../testing/asked-node.ts';
import type { AskedNode } from './cluster-client.ts';
import { planReplacement, stepsOf } from './plan-replacement.ts';

const learner = asked(THREE, { role: 'learner' });

describe('the plan', () => {
  test('is for the primary, and has no danger when the third node is whole', () => {
    expect(planReplacement(THREE, [asked(ONE), asked(TWO), learner])).toEqual({ nodeId: THREE, primary: ONE, dangers: [] });
  });

  test('says which disk goes, how much is copied, and that nothing stops', () => {
    const census = counted(ONE, { blobs: 10, bytes: 5 * 1024 ** 2 }).state?.census ?? null;
    expect(stepsOf(THREE, census).join('\n')).toMatch(
      /node-3 before is dropped.*\n.*copies.*10 blobs, 5\.0 MiB.*\n.*reads and writes go on/,
    );
    expect(stepsOf(THREE, null).join('\n')).toContain('how much that is, the primary does not say');
  });

  test.each<[string, AskedNode, string]>([
    [
      'lacks blobs',
      asked(TWO, { debt: { blobs: 3, bytes: 1024, heldSeq: 5 } }),
      'node-2 lacks 3 blobs (1.0 KiB), which may be on the dropped disk',
    ],
    ['is silent', silent(TWO), 'node-2 does not answer.'],
    ['is a learner', asked(TWO, { role: 'learner' }), 'node-2 is a learner itself.'],
  ])('warns when another node %s', (_, two, danger) => {
    expect(planReplacement(THREE, [asked(ONE), two, learner]).dangers.join('\n')).toContain(danger);
  });
});

describe('there is no plan', () => {
  test.each<[string, readonly AskedNode[], string, string]>([
    ['for a node that is a full member and answers', healthy(), 'NS_CONFLICT', 'nothing to replace'],
    ['for a node that does not answer', [asked(ONE), asked(TWO), silent(THREE)], 'NS_UNAVAILABLE', 'empty data directory'],
    ['without a primary', [asked(ONE, { role: 'secondary' }), asked(TWO), learner], 'NS_NO_QUORUM', 'No node that answers is primary'],
  ])('%s', (_, reports, code, reason) => {
    expect(() => planReplacement(THREE, reports)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(reason) }));
    expect(() => planReplacement(THREE, reports)).toThrow('Nothing was changed');
  });
});

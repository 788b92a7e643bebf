import type { NodeId } from '@netstore/shared-types';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitPoint, majorityOf } from './quorum.ts';

const ids = ['a', 'b', 'c', 'd', 'e'] as NodeId[];

test('a majority is two of three and three of five', () => {
  expect([1, 2, 3, 4, 5].map(majorityOf)).toEqual([1, 2, 2, 3, 3]);
});

test('the commit point is the highest seq that a quorum with the primary in it holds, whatever the acknowledgements', () => {
  const seqs = fc.array(fc.nat(20), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(3, 5), seqs, fc.integer({ min: 1, max: 20 }), (size, held, epochStartSeq) => {
      const nodes = ids.slice(0, size);
      const self = nodes[0] as NodeId;
      const acknowledged = new Map(nodes.slice(1).map((id, index) => [id, held[index + 1] as number]));
      const quorum = majorityOf(size);
      const ownSeq = held[0] as number;
      const isHeld = (seq: number): boolean =>
        ownSeq >= seq && [...acknowledged.values()].filter((acked) => acked >= seq).length >= quorum - 1;
      let expected: number | undefined;
      for (let seq = epochStartSeq; seq <= 20; seq += 1) if (isHeld(seq)) expected = seq;
      expect(commitPoint({ self, ownSeq, acknowledged, members: new Set(nodes), quorum, epochStartSeq })).toBe(expected);
    }),
  );
});

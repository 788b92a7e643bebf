import type { NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import type { Applier } from './applier.ts';
import { Copies, type CopiesOptions } from './copies.ts';
import type { Members } from './members.ts';
import type { PrimaryTerm } from './primary-term.ts';

const [n1, n2, n3] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];

function copies(options: Partial<CopiesOptions> = {}): Copies {
  return new Copies({
    self: n2,
    nodes: [n1, n2, n3],
    members: { counts: (node: NodeId) => node !== n3 } as Members,
    applier: { appliedSeq: 9, debt: { blobs: 0, bytes: 0, heldSeq: 0 } } as Applier,
    term: () => undefined,
    isPrimarySilent: () => false,
    isMember: () => true,
    ...options,
  });
}

test('a secondary says of the others what the primary told, and of itself what it knows', () => {
  const subject = copies();
  expect(subject.of(5)).toEqual({ durable: 1, total: 3 });
  subject.told([
    { nodeId: n1, heldSeq: 7 },
    { nodeId: n2, heldSeq: 1 },
    { nodeId: n3, heldSeq: 4 },
  ]);
  expect([subject.of(4).durable, subject.of(7).durable, subject.of(8).durable]).toEqual([3, 2, 1]);
});

test('of a primary that is silent nothing is known any more', () => {
  const subject = copies({ isPrimarySilent: () => true });
  subject.told([{ nodeId: n1, heldSeq: 7 }]);
  expect(subject.of(5).durable).toBe(1);
});

test('a primary counts what full members acknowledged, and nobody else', () => {
  const progress = [
    { id: n1, holdsSeq: 7 },
    { id: n3, holdsSeq: 9 },
  ];
  const subject = copies({ term: () => ({ progress }) as unknown as PrimaryTerm });
  expect([subject.of(7).durable, subject.of(8).durable]).toEqual([2, 1]);
});

test('missing blobs of older records lower what is said to be held', () => {
  const applier = { appliedSeq: 9, debt: { blobs: 2, bytes: 10, heldSeq: 3 } } as Applier;
  expect(copies({ applier }).heldSeq).toBe(3);
});

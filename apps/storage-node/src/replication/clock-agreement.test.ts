import type { Logger } from '@netstore/service-kit';
import { NetStoreError, type NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { CLOCK_DIFFERENCE_MAX_MS, ClockAgreement } from './clock-agreement.ts';
import type { Peer } from './peers.ts';

const NOW_MS = 1_800_000_000_000;
const [two, three] = ['node-2', 'node-3'] as [NodeId, NodeId];
const { signal } = new AbortController();

/** Peers with clocks that are ahead by so much; null for one that does not answer. */
function agreement(aheadMs: Partial<Record<NodeId, number | null>>, { members = [two, three], tookMs = 0 } = {}) {
  const warnings: string[] = [];
  const asked: NodeId[] = [];
  let disagreements = 0;
  let nowMs = NOW_MS;
  const peers = Object.entries(aheadMs).map(([id, ahead]) => {
    const request = async (): Promise<{ nowMs: number }> => {
      asked.push(id as NodeId);
      if (ahead == null) throw new NetStoreError('NS_UNAVAILABLE', 'does not answer');
      const answer = { nowMs: nowMs + ahead };
      nowMs += tookMs;
      return answer;
    };
    return { id, pool: { use: (work: (connection: object) => Promise<unknown>) => work({ request }) } } as unknown as Peer;
  });
  const subject = new ClockAgreement({
    peers,
    counts: (peer) => members.includes(peer),
    now: () => nowMs,
    logger: { warn: (_: object, message: string) => warnings.push(message) } as unknown as Logger,
    onDisagreement: () => {
      disagreements += 1;
    },
  });
  return { subject, warnings, asked, disagreements: () => disagreements };
}

test.each([
  [0, true],
  [CLOCK_DIFFERENCE_MAX_MS, true],
  [-CLOCK_DIFFERENCE_MAX_MS, true],
  [CLOCK_DIFFERENCE_MAX_MS + 1, false],
  [-CLOCK_DIFFERENCE_MAX_MS - 1, false],
])('a clock that is ahead by %i ms agrees: %s', async (aheadMs, isReached) => {
  expect(await agreement({ [two]: aheadMs }).subject.isReached(signal)).toBe(isReached);
});

test('one member that agrees is enough, and the next is not asked', async () => {
  const { subject, asked, warnings } = agreement({ [two]: 3_600_000, [three]: 5 });
  expect(await subject.isReached(signal)).toBe(true);
  const { subject: other, asked: askedOnce } = agreement({ [two]: 5, [three]: 5 });
  expect(await other.isReached(signal)).toBe(true);
  expect([asked, askedOnce, warnings]).toEqual([[two, three], [two], []]);
});

test('the clock of a disk that is no full member counts for nothing, and neither does silence', async () => {
  expect(await agreement({ [two]: 0, [three]: null }, { members: [three] }).subject.isReached(signal)).toBe(false);
  expect(await agreement({}).subject.isReached(signal)).toBe(false);
});

test('an answer that took long proves little', async () => {
  expect(await agreement({ [two]: 30_000 }, { tookMs: 20_000 }).subject.isReached(signal)).toBe(true);
  expect(await agreement({ [two]: -50_000 }, { tookMs: 20_000 }).subject.isReached(signal)).toBe(false);
});

test('that nobody agrees is said once and counted every time', async () => {
  const { subject, warnings, disagreements } = agreement({ [two]: 3_600_000 });
  for (let time = 0; time < 3; time += 1) expect(await subject.isReached(signal)).toBe(false);
  expect([warnings.length, disagreements()]).toEqual([1, 3]);
});

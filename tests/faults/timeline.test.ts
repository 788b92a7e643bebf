import { expect, test } from 'vitest';
import type { Operation, OperationKind } from './history.ts';
import { readService } from './timeline.ts';

const operation = (kind: OperationKind, content: string | null, invokedAtMs: number, returnedAtMs: number): Operation => ({
  id: invokedAtMs,
  client: 'client-0',
  kind,
  path: 'a',
  content,
  invokedAtMs,
  returnedAtMs,
  outcome: 'ok',
  isStale: false,
  version: undefined,
  reason: undefined,
});

test('a get of what was put long before is measured by itself, one of what is new or not there among those that wait for a primary', () => {
  const history = [
    operation('put', 'old', 0, 100),
    operation('put', 'new', 9_000, 9_900),
    operation('get', 'old', 10_100, 10_400),
    operation('get', 'new', 10_100, 13_500),
    operation('get', null, 10_100, 12_100),
    operation('get', 'old', 9_000, 9_999),
  ];
  const { count, settledCount, slowestMs, slowestUnsettledMs } = readService(history, 10_000, 15_000);
  expect({ count, settledCount, slowestMs, slowestUnsettledMs }).toEqual({
    count: 3,
    settledCount: 1,
    slowestMs: 300,
    slowestUnsettledMs: 3_400,
  });
});

import { describe, expect, test } from 'vitest';
import { operationsResult, streamResult } from './result.ts';
import { formatNumber, formatTable } from './table.ts';

describe('the table', () => {
  test('puts each result beside its ceiling', () => {
    const text = formatTable([
      streamResult('upload', 100 * 2 ** 20, 2, { name: 'disk', rate: 200 }),
      operationsResult('put', [4, 1, 3, 2], 0.5),
    ]);
    expect(text.split('\n')).toEqual([
      'what    reached          p50 / p95 / p99        ceiling     share',
      '──────  ───────────────  ─────────────────────  ──────────  ─────',
      'upload  50.0 MiB/s                              200 (disk)  25 %',
      'put     8.00 per second  2.00 / 4.00 / 4.00 ms',
    ]);
  });

  test('writes numbers with three digits', () => {
    expect([1234.5, 12.345, 1.2345, 0.001].map(formatNumber)).toEqual(['1235', '12.3', '1.23', '0.00']);
  });
});

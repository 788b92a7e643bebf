import { expect, test } from 'vitest';
import { runSchedule } from './run-schedule.ts';

/** More of them, or others: the long run is `npm run simulate`. */
const count = Number(process.env['NETSTORE_SIM_SEEDS'] ?? 120);
const firstSeed = Number(process.env['NETSTORE_SIM_SEED'] ?? 1);

test('no schedule breaks a promise, and all come together again', { timeout: 120_000 + 1_000 * count }, () => {
  console.log(`simulation: ${count} schedules, seeds ${firstSeed} to ${firstSeed + count - 1}`);
  const results = Array.from({ length: count }, (_, index) => runSchedule(firstSeed + index));
  expect(results.filter(({ violation }) => violation !== undefined)).toEqual([]);
  const answered = results.reduce((sum, result) => sum + result.answered, 0);
  expect(answered).toBeGreaterThan(10 * count);
});

test('a seed is one schedule: what happens in it is the same every time', () => {
  const traceOf = (seed: number): string[] => {
    const lines: string[] = [];
    runSchedule(seed, { onTrace: (line) => lines.push(line) });
    return lines;
  };
  const trace = traceOf(11);
  expect(trace.length).toBeGreaterThan(20);
  expect(traceOf(11)).toEqual(trace);
  expect(traceOf(12)).not.toEqual(trace);
});

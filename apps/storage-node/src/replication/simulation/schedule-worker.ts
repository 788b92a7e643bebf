/** Runs its share of the schedules of a long run, and reports after each batch. */
import { parentPort, workerData } from 'node:worker_threads';
import { Coverage } from './check/coverage.ts';
import { runSchedule, type ScheduleResult } from './run-schedule.ts';

/** Schedules between two reports. */
const BATCH = 50;

/** The seeds `firstSeed`, `firstSeed + stride`, and so on, `count` of them. */
export interface Share {
  readonly firstSeed: number;
  readonly stride: number;
  readonly count: number;
}

export interface Report {
  readonly schedules: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly answered: number;
  readonly coverage: readonly (readonly [branch: string, count: number])[];
  readonly failed: readonly ScheduleResult[];
}

function runBatch(firstSeed: number, stride: number, count: number): Report {
  const coverage = new Coverage();
  const results = Array.from({ length: count }, (_, index) => runSchedule(firstSeed + index * stride, { coverage }));
  const sum = (of: (result: ScheduleResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  return {
    schedules: results.length,
    steps: sum(({ steps }) => steps),
    virtualMs: sum(({ virtualMs }) => virtualMs),
    answered: sum(({ answered }) => answered),
    coverage: coverage.counts,
    failed: results.filter(({ violation }) => violation !== undefined),
  };
}

// Refusals are thrown by the thousand, and nobody reads where they came from.
Error.stackTraceLimit = 0;
const { firstSeed, stride, count } = workerData as Share;
for (let done = 0; done < count; done += BATCH) {
  parentPort?.postMessage(runBatch(firstSeed + done * stride, stride, Math.min(BATCH, count - done)));
}

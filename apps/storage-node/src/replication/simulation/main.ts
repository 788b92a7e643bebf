/**
 * `npm run simulate`: many schedules of the simulation, on several threads. Prints the rate, how often each branch was taken, and for every schedule
 * that broke a promise its seed, with what happened in the first of them. Exit code 1 when a promise was broken or a branch was never taken.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { branchesNotTaken } from './check/branches.ts';
import { Coverage } from './check/coverage.ts';
import { runSchedule, type ScheduleResult } from './run-schedule.ts';
import type { Report, Share } from './schedule-worker.ts';

/** A run of fewer need not take every branch. */
const SCHEDULES_FOR_ALL_BRANCHES = 20_000;
const PROGRESS_MS = 10_000;
const TRACE_LINES = 400;
const YOUNG_MEMORY_MB = 64;

const USAGE = `Usage: npm run simulate -- [--schedules 100000] [--seed 1] [--workers 2] [--trace]

  --schedules N  how many schedules, one for each seed from --seed on
  --seed N       the first seed
  --workers N    threads
  --trace        print all that happens in the schedule of --seed, and run no other
`;

interface Totals {
  readonly coverage: Coverage;
  readonly failed: ScheduleResult[];
  schedules: number;
  steps: number;
  virtualMs: number;
  answered: number;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  process.stderr.write(`--${name} is ${text}: expected a whole number above 0\n\n${USAGE}`);
  process.exit(64);
}

async function runShare(share: Share, take: (report: Report) => void): Promise<void> {
  const worker = new Worker(new URL('./schedule-worker.ts', import.meta.url), {
    workerData: share,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
  });
  worker.on('message', take);
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}`))));
  });
}

async function runAll(schedules: number, firstSeed: number, workers: number): Promise<Totals> {
  const totals: Totals = { coverage: new Coverage(), failed: [], schedules: 0, steps: 0, virtualMs: 0, answered: 0 };
  const take = (report: Report): void => {
    totals.schedules += report.schedules;
    totals.steps += report.steps;
    totals.virtualMs += report.virtualMs;
    totals.answered += report.answered;
    totals.coverage.merge(report.coverage);
    totals.failed.push(...report.failed);
    for (const { seed, violation } of report.failed) say(`seed ${seed} breaks invariant ${violation?.invariant}: ${violation?.what}`);
  };
  const progress = setInterval(() => say(`${totals.schedules} of ${schedules} schedules, ${totals.failed.length} failed`), PROGRESS_MS);
  const share = (index: number): Share => ({
    firstSeed: firstSeed + index,
    stride: workers,
    count: Math.ceil((schedules - index) / workers),
  });
  await Promise.all(Array.from({ length: workers }, (_, index) => runShare(share(index), take)));
  clearInterval(progress);
  return totals;
}

function printTrace(seed: number): void {
  const lines: string[] = [];
  const { violation } = runSchedule(seed, { onTrace: (line) => lines.push(line) });
  if (lines.length > TRACE_LINES) say(`(${lines.length - TRACE_LINES} lines before are left out)`);
  for (const line of lines.slice(-TRACE_LINES)) say(line);
  say(
    violation === undefined
      ? `Schedule ${seed} broke no promise.`
      : `Schedule ${seed} broke invariant ${violation.invariant}: ${violation.what}`,
  );
}

function printTotals({ coverage, schedules, steps, virtualMs, answered }: Totals, seconds: number): void {
  say('');
  for (const [branch, count] of coverage.counts) say(`${String(count).padStart(10)}  ${branch}`);
  const perSecond = (count: number): string => Math.round(count / seconds).toLocaleString('en');
  say(`\n${schedules} schedules in ${seconds.toFixed(0)} s: ${perSecond(schedules)} a second, ${perSecond(steps)} events a second.`);
  say(`${(virtualMs / 3_600_000).toFixed(1)} hours of virtual time, ${answered.toLocaleString('en')} operations answered.`);
}

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  say(USAGE);
} else if (values.trace) {
  printTrace(wholeNumber('seed', values.seed));
} else {
  const schedules = wholeNumber('schedules', values.schedules);
  const startedMs = performance.now();
  const totals = await runAll(schedules, wholeNumber('seed', values.seed), Math.min(schedules, wholeNumber('workers', values.workers)));
  printTotals(totals, (performance.now() - startedMs) / 1000);
  const notTaken = schedules >= SCHEDULES_FOR_ALL_BRANCHES ? branchesNotTaken(totals.coverage) : [];
  for (const branch of notTaken) say(`Never taken: ${branch}`);
  const [first] = totals.failed.map(({ seed }) => seed).sort((a, b) => a - b);
  if (first !== undefined) printTrace(first);
  say(`${totals.failed.length} schedules broke a promise.`);
  process.exitCode = totals.failed.length + notTaken.length === 0 ? 0 : 1;
}

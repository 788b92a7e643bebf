/** `npm run bench`: measures a cluster beside what its machine can do, and reports what it found. It judges nothing. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { NetStoreClient } from './cluster/netstore-client.ts';
import { openTarget } from './cluster/target.ts';
import { type BenchConfig, readConfig, USAGE } from './config.ts';
import { measureCeilings } from './measure-ceilings.ts';
import { Progress } from './report/progress.ts';
import type { Result } from './report/result.ts';
import { formatTable } from './report/table.ts';
import { measureLargeFile } from './workloads/large-file.ts';
import { measureParallelFiles } from './workloads/parallel-files.ts';
import { measureSmallFiles } from './workloads/small-files.ts';
import type { Bench } from './workloads/workload.ts';

const CLEANUP_DEADLINE_MS = 60_000;
const WORKLOADS = [measureLargeFile, measureParallelFiles, measureSmallFiles];

interface Report {
  readonly startedAt: string;
  readonly target: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryBytes: number; readonly node: string };
  readonly ceilings: readonly Result[];
  readonly results: readonly Result[];
}

async function run(config: BenchConfig, signal: AbortSignal): Promise<Report> {
  const startedAt = new Date().toISOString();
  const progress = new Progress(process.stderr);
  progress.note('Looking for a cluster; without one, one is started.');
  await using target = await openTarget(config, signal);
  progress.note(`Measuring ${target.description}.`);
  const measured = await measureCeilings({ sizes: config.sizes, diskFolder: target.diskFolder, progress }, signal);

  await using client = new NetStoreClient(target.url, target.credentials);
  const bench: Bench = { client, sizes: config.sizes, progress, folder: `bench-${randomBytes(6).toString('hex')}` };
  await using undo = new AsyncDisposableStack();
  // A signal of its own: the files must also go when the run was interrupted.
  undo.defer(() => client.remove(bench.folder, AbortSignal.timeout(CLEANUP_DEADLINE_MS)));
  const results: Result[] = [];
  for (const measure of WORKLOADS) results.push(...(await measure(bench, measured.ceilings, signal)));
  return {
    startedAt,
    target: target.description,
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryBytes: totalmem(), node: process.version },
    ceilings: measured.results,
    results,
  };
}

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort(new Error('stopped')));
try {
  const config = readConfig(process.argv.slice(2), process.env, process.cwd());
  const report = await run(config, stopping.signal);
  console.log(`\n${formatTable([...report.ceilings, ...report.results])}`);
  if (config.jsonFile !== undefined) await writeFile(config.jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
} catch (error) {
  console.error(stopping.signal.aborted ? 'Stopped; nothing is left behind.' : error instanceof Error ? error.message : error);
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) console.error(USAGE);
  process.exitCode = 1;
}

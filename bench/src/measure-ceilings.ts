/** Measures what disk and loopback can do, right before the workloads and with the same sizes. */
import { measureDiskStream, measureDiskSyncs } from './ceilings/disk-ceiling.ts';
import { LoopbackPeer } from './ceilings/loopback-ceiling.ts';
import type { BenchSizes } from './config.ts';
import type { Progress } from './report/progress.ts';
import type { Ceiling, Result } from './report/result.ts';
import type { Ceilings } from './workloads/workload.ts';

/** Enough for a steady rate, few enough that the ceilings take less time than the workloads. */
const SYNCS_MAX = 500;
const TRIPS_PER_CONNECTION_MAX = 500;

export interface MeasuredCeilings {
  readonly ceilings: Ceilings;
  readonly results: readonly Result[];
}

export async function measureCeilings(
  { sizes, diskFolder, progress }: { sizes: BenchSizes; diskFolder: string; progress: Progress },
  signal: AbortSignal,
): Promise<MeasuredCeilings> {
  const results: Result[] = [];
  const measure = async (name: string, work: () => Promise<Result>): Promise<Ceiling> => {
    progress.begin(`ceiling, ${name}`);
    const result = await work();
    results.push(result);
    progress.finish(result);
    return { name, rate: result.rate };
  };

  await using loopback = await LoopbackPeer.start();
  const trips = {
    count: Math.min(sizes.smallFiles, TRIPS_PER_CONNECTION_MAX),
    sizeBytes: sizes.smallFileBytes,
    connections: sizes.smallConcurrency,
  };
  const syncs = { count: Math.min(sizes.smallFiles, SYNCS_MAX), sizeBytes: sizes.smallFileBytes };
  const ceilings: Ceilings = {
    diskStream: await measure('disk', () => measureDiskStream(diskFolder, sizes.ceilingBytes, signal)),
    diskSyncs: await measure('disk syncs', () => measureDiskSyncs(diskFolder, syncs, signal)),
    loopbackStream: await measure('loopback', () => loopback.measureStream(sizes.largeBytes, 1, signal)),
    loopbackParallel: await measure('loopback', () => loopback.measureStream(sizes.largeBytes, sizes.parallelFiles, signal)),
    loopbackTrips: await measure('loopback trips', () => loopback.measureRoundTrips(trips, signal)),
  };
  return { ceilings, results };
}

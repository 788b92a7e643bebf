/** What every workload is given. */
import type { NetStoreClient } from '../cluster/netstore-client.ts';
import type { BenchSizes } from '../config.ts';
import type { Progress } from '../report/progress.ts';
import type { Ceiling, Result } from '../report/result.ts';

export interface Bench {
  readonly client: NetStoreClient;
  readonly sizes: BenchSizes;
  readonly progress: Progress;
  /** A folder of the user's space that is this run's alone. */
  readonly folder: string;
}

/** The ceilings of one run, measured before the workloads, each in the unit of the results that it stands beside. */
export interface Ceilings {
  readonly diskStream: Ceiling;
  readonly diskSyncs: Ceiling;
  readonly loopbackStream: Ceiling;
  readonly loopbackParallel: Ceiling;
  readonly loopbackTrips: Ceiling;
}

export type Workload = (bench: Bench, ceilings: Ceilings, signal: AbortSignal) => Promise<readonly Result[]>;

/** Seconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** The cluster that is measured: the one that was named, the one that runs on the data directory, or a new one that goes away again. */
import { dirname } from 'node:path';
import type { BenchConfig } from '../config.ts';
import { findCluster } from './find-cluster.ts';
import type { Credentials } from './netstore-client.ts';
import { startCluster } from './start-cluster.ts';

export interface Target extends AsyncDisposable {
  readonly url: string;
  readonly credentials: Credentials;
  /** A folder on the disk that the nodes use. */
  readonly diskFolder: string;
  readonly description: string;
}

export async function openTarget(config: BenchConfig, signal: AbortSignal): Promise<Target> {
  const url = config.url ?? (await findCluster(config.dataDir));
  if (url !== undefined) return runningTarget(url, config);
  const started = await startCluster(dirname(config.dataDir), signal);
  return {
    url: started.url,
    credentials: started.credentials,
    diskFolder: started.dataDir,
    description: `a cluster of its own at ${started.url}, removed afterwards`,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}

function runningTarget(url: string, { credentials, dataDir }: BenchConfig): Target {
  if (credentials === undefined) {
    throw new Error(`A cluster runs at ${url}: set NETSTORE_BENCH_USERNAME and NETSTORE_BENCH_PASSWORD to a user of it, or stop it first`);
  }
  return {
    url: new URL(url).origin,
    credentials,
    diskFolder: dataDir,
    description: `the running cluster at ${url}, ceilings on the disk of ${dataDir}`,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

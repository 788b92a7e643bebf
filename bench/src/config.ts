/**
 * What to measure, and on which cluster: read once from the command line and the environment, then frozen. Nothing below `main.ts` looks at either.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const MIB = 2 ** 20;
const SCALE_MIN = 0.001;
const SCALE_MAX = 16;

export interface BenchSizes {
  /** One file alone. */
  readonly largeBytes: number;
  readonly parallelFiles: number;
  readonly parallelFileBytes: number;
  readonly smallFiles: number;
  readonly smallFileBytes: number;
  /** Requests in flight while small files are measured. */
  readonly smallConcurrency: number;
  /** What each of the three ceiling writers writes. Enough to leave the drive's own cache behind. */
  readonly ceilingBytes: number;
}

export interface BenchConfig {
  readonly sizes: BenchSizes;
  /** Where the results go as JSON; the table is printed in any case. */
  readonly jsonFile: string | undefined;
  /** The data directory of the cluster, for its `run.json`, and the disk whose ceiling is measured. */
  readonly dataDir: string;
  /** A gateway to use in place of the one in `run.json`. */
  readonly url: string | undefined;
  /** Who to sign in as on a cluster that runs already. A cluster started for the measurement has its own user. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

export const USAGE = `usage: npm run bench -- [--json FILE] [--scale NUMBER]

  --json FILE     also write the results as JSON
  --scale NUMBER  multiply all sizes and counts (${SCALE_MIN} to ${SCALE_MAX}; 1 is the full measurement)

environment:
  NETSTORE_DATA_DIR        data directory of the cluster (./data). When no cluster runs there, one is started beside it and removed at the end
  NETSTORE_URL             a gateway to measure in place of the one in run.json
  NETSTORE_BENCH_USERNAME  who to sign in as on a running cluster
  NETSTORE_BENCH_PASSWORD  that user's password`;

/** `folder` is what relative paths are relative to. Throws an `Error` for the person at the terminal. */
export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv, folder: string): BenchConfig {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'string' }, scale: { type: 'string' } } });
  const username = env['NETSTORE_BENCH_USERNAME'];
  const password = env['NETSTORE_BENCH_PASSWORD'];
  return Object.freeze({
    sizes: sizesAt(readScale(values.scale ?? '1')),
    jsonFile: values.json === undefined ? undefined : resolve(folder, values.json),
    dataDir: resolve(folder, env['NETSTORE_DATA_DIR'] || 'data'),
    url: env['NETSTORE_URL'] || undefined,
    credentials: username && password ? { username, password } : undefined,
  });
}

function readScale(text: string): number {
  const scale = Number(text);
  if (scale >= SCALE_MIN && scale <= SCALE_MAX) return scale;
  throw new Error(`--scale: expected a number from ${SCALE_MIN} to ${SCALE_MAX}, got ${text}`);
}

function sizesAt(scale: number): BenchSizes {
  const scaled = (value: number): number => Math.max(1, Math.round(value * scale));
  return {
    largeBytes: scaled(1024 * MIB),
    parallelFiles: 16,
    parallelFileBytes: scaled(64 * MIB),
    smallFiles: scaled(2000),
    smallFileBytes: 4096,
    smallConcurrency: 16,
    ceilingBytes: scaled(512 * MIB),
  };
}

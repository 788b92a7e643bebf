/**
 * How Node runs the five services on one machine: together they should be ready within seconds and idle within 600 MiB,
 * without costing throughput. Measured with `/proc/<pid>/status` after a start; `docs/operations.md` has the figures.
 */
import { join } from 'node:path';

/**
 * Files pass through memory outside the heap: the young generation may be small. One helper thread of V8 each is enough.
 * With `gc` at hand a service gives back what its start has used. Of V8's compilers the first and the last do: code that runs all the time gets to the
 * last one anyway, and what the two between keep is 4 MiB in each service.
 */
export const NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=4',
  '--v8-pool-size=1',
  '--expose-gc',
  '--no-maglev',
  '--no-sparkplug',
];

/** Where compiled modules are kept, so that a start strips no types and compiles nothing twice. */
export const compileCacheDir = (root: string): string => join(root, 'node_modules', '.cache', 'netstore', 'compiled');

export function runtimeEnv(root: string): Record<string, string> {
  return {
    NODE_COMPILE_CACHE: compileCacheDir(root),
    // Each arena of glibc keeps memory of its own; the threads of one service need no more than two.
    MALLOC_ARENA_MAX: '2',
    // Syncs of several files wait for the disk side by side; four threads would queue them.
    UV_THREADPOOL_SIZE: '16',
  };
}

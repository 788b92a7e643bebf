/**
 * Compiles the services' modules before their first start: five processes that strip types at the same moment take longer and
 * keep the compiler in memory for as long as they live. Later starts find everything in the cache.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileCacheDir, NODE_FLAGS, runtimeEnv } from './service-runtime.ts';
import type { Terminal } from './terminal.ts';

const ENTRY_POINTS = ['apps/auth-service/src/main.ts', 'apps/gateway/src/main.ts', 'apps/storage-node/src/main.ts'];
/** Ends with an error in a main thread, after it was compiled. */
const WORKERS = ['apps/storage-node/src/catalogue/worker.ts'];
/** No level of the log: a service that reads it says so and ends, with all its modules compiled. */
const REFUSED = { NETSTORE_LOG_LEVEL: 'compile only' };

export interface CompileOptions {
  readonly root: string;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string>>;
}

/** Without effect when there is a cache already. A failure is no reason not to start: the services compile by themselves then. */
export async function compileServices({ root, terminal, env }: CompileOptions, signal: AbortSignal): Promise<void> {
  if (existsSync(compileCacheDir(root))) return;
  await terminal.say('compiling the services');
  for (const module of [...ENTRY_POINTS, ...WORKERS]) {
    const child = spawn(process.execPath, [...NODE_FLAGS, join(root, module)], {
      env: { ...env, ...runtimeEnv(root), ...REFUSED },
      stdio: 'ignore',
      signal,
    });
    await once(child, 'exit');
  }
}

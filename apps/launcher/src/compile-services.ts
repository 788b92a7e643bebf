/**
 * Compiles the services' modules before their first start, and before the first one after an update: five processes that strip types at the same moment
 * take longer and keep the compiler in memory for as long as they live. Later starts find everything in the cache.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';
import { compileCacheDir, NODE_FLAGS, runtimeEnv } from './service-runtime.ts';
import { readStamp, stampOf } from './stamp.ts';
import type { Terminal } from './terminal.ts';

const ENTRY_POINTS = ['apps/auth-service/src/main.ts', 'apps/gateway/src/main.ts', 'apps/storage-node/src/main.ts'];
/** Ends with an error in a main thread, after it was compiled. */
const WORKERS = ['apps/storage-node/src/catalogue/worker.ts'];
/** No level of the log: a service that reads it says so and ends, with all its modules compiled. */
const REFUSED = { NETSTORE_LOG_LEVEL: 'compile only' };
const SOURCES = ['apps/{auth-service,gateway,storage-node}/src/**/*.ts', 'packages/*/src/**/*.ts', 'package-lock.json'];
const STAMP = '.compiled-from';

export interface CompileOptions {
  readonly root: string;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string>>;
}

/** Without effect when the cache is of these sources. A failure is no reason not to start: the services compile by themselves then. */
export async function compileServices({ root, terminal, env }: CompileOptions, signal: AbortSignal): Promise<void> {
  const cache = compileCacheDir(root);
  const stamp = `${process.version} ${stampOf(root, SOURCES)}`;
  if (readStamp(join(cache, STAMP)) === stamp) return;
  await terminal.say('compiling the services');
  for (const module of [...ENTRY_POINTS, ...WORKERS]) {
    const child = spawn(process.execPath, [...NODE_FLAGS, join(root, module)], {
      env: { ...env, ...runtimeEnv(root), ...REFUSED },
      stdio: 'ignore',
      signal,
    });
    await once(child, 'exit');
  }
  // Last: a start that was broken off in the middle leaves no stamp, and the next one compiles what is missing.
  mkdirSync(cache, { recursive: true });
  replaceFile(join(cache, STAMP), stamp, { mode: 0o644, isDurable: false });
}

/**
 * Compiles the services' modules before their first start: five processes that strip types at the same moment take longer and
 * keep the compiler in memory for as long as they live. Later starts find everything in the cache.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCacheDir, NODE_FLAGS, runtimeEnv } from './service-runtime.ts';
import type { Terminal } from './terminal.ts';

const IMPORTER = fileURLToPath(new URL('import-modules.ts', import.meta.url));
/** Everything but the entry points themselves, which would start services. */
const MODULES = [
  'apps/auth-service/src/app.ts',
  'apps/gateway/src/app.ts',
  'apps/storage-node/src/node.ts',
  'apps/storage-node/src/catalogue/worker.ts',
];

export interface CompileOptions {
  readonly root: string;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string>>;
}

/** Without effect when there is a cache already. A failure is no reason not to start: the services compile by themselves then. */
export async function compileServices({ root, terminal, env }: CompileOptions, signal: AbortSignal): Promise<void> {
  if (existsSync(compileCacheDir(root))) return;
  await terminal.say('compiling the services');
  const child = spawn(process.execPath, [...NODE_FLAGS, IMPORTER, ...MODULES.map((module) => join(root, module))], {
    env: { ...env, ...runtimeEnv(root) },
    stdio: 'ignore',
    signal,
  });
  await once(child, 'exit');
}

/** The `netstore` command as a person or a script runs it, without a terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';
import type { StorageNodes } from './storage-nodes.ts';

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of a command with `--json`. */
  readonly json: () => unknown;
}

/** One that runs: what it has said so far, and how it ends. A test that fails ends it. */
export interface Running extends Disposable {
  /** Of both outputs. */
  readonly said: string;
  readonly ended: Promise<Ran>;
  readonly signal: (signal: NodeJS.Signals) => void;
}

type Env = Readonly<Record<string, string>>;

/** Against these nodes, which it is told of by its environment. */
export function netstoreFor(nodes: StorageNodes): (...args: string[]) => Promise<Ran> {
  const start = netstoreStarterFor(nodes);
  return (...args) => start(...args).ended;
}

export function netstoreStarterFor(nodes: StorageNodes): (...args: string[]) => Running {
  const [first] = nodes.ids;
  if (first === undefined) throw new Error('There are no nodes');
  const env = {
    NETSTORE_NODES: nodes.ids.map((id) => `${id}=${nodes.address(id).host}:${nodes.address(id).port}`).join(','),
    NETSTORE_CLUSTER_KEY_FILE: join(dirname(nodes.dataDir(first)), 'cluster.key'),
  };
  return (...args) => startNetstore(args, env);
}

export async function netstore(args: readonly string[], env: Env = {}): Promise<Ran> {
  return startNetstore(args, env).ended;
}

export function startNetstore(args: readonly string[], env: Env = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = child[name].setEncoding('utf8');
    stream.on('readable', () => {
      output[name] += stream.read() ?? '';
    });
  }
  return {
    get said() {
      return output.stdout + output.stderr;
    },
    // Both outputs are at their end then, too.
    ended: once(child, 'close').then(() => ({ exitCode: child.exitCode, ...output, json: () => JSON.parse(output.stdout) })),
    signal: (signal) => {
      child.kill(signal);
    },
    [Symbol.dispose]: () => {
      child.kill('SIGKILL');
    },
  };
}

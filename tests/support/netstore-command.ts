/** The `netstore` command as a person or a script runs it, without a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { StorageNodes } from './storage-nodes.ts';

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of a command with `--json`. */
  readonly json: () => unknown;
}

/** Against these nodes, which it is told of by its environment. */
export function netstoreFor(nodes: StorageNodes): (...args: string[]) => Promise<Ran> {
  const [first] = nodes.ids;
  if (first === undefined) throw new Error('There are no nodes');
  const env = {
    NETSTORE_NODES: nodes.ids.map((id) => `${id}=${nodes.address(id).host}:${nodes.address(id).port}`).join(','),
    NETSTORE_CLUSTER_KEY_FILE: join(dirname(nodes.dataDir(first)), 'cluster.key'),
  };
  return (...args) => netstore(args, env);
}

export async function netstore(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.stdout === null || child.stderr === null) throw new Error('The command has no output');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { exitCode: child.exitCode, stdout, stderr, json: () => JSON.parse(stdout) };
}

/** Runs a program of these tests as a process of its own, with faults put into its system calls by strace where that is asked for. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const DEADLINE_MS = 60_000;
const FAILING_SYNC = new URL('./failing-sync.ts', import.meta.url).href;

/** Why system calls cannot be tampered with here; undefined when they can. */
export function whyNoInjection(): string | undefined {
  const isThere = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;
  return isThere ? undefined : 'strace is not there or not allowed';
}

export interface ChildResult {
  /** Whole lines it printed. */
  readonly lines: string[];
  readonly errors: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly program: URL;
  readonly args: readonly string[];
  /** As strace's `-e inject=` takes it. */
  readonly inject?: string;
  /** What its syncs do, as `failing-sync.ts` takes it. */
  readonly syncs?: string;
  /** Kills the process once it has printed so many lines. */
  readonly killAfterLines?: number;
}

export async function runChild({ program, args, inject, syncs, killAfterLines }: ChildOptions): Promise<ChildResult> {
  const preload = syncs === undefined ? [] : ['--import', FAILING_SYNC];
  const node = [process.execPath, ...preload, program.pathname, ...args];
  const [command = '', ...rest] =
    inject === undefined ? node : ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `inject=${inject}`, ...node];
  // One thread for files, because strace counts the calls of each thread apart.
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1', NETSTORE_TEST_SYNC: syncs ?? '' },
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (killAfterLines !== undefined && output.split('\n').length > killAfterLines) child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { lines: output.split('\n').slice(0, -1), errors, exitCode, signal };
}

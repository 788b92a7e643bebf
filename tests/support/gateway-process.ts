/** Runs one gateway as a process. Nothing but this is different when the gateway comes from its image: see `gateway-container.ts`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';

const MAIN = fileURLToPath(new URL('../../apps/gateway/src/main.ts', import.meta.url));
const STOP_DEADLINE_MS = 15_000;

export interface GatewayRun {
  /** What the environment names lies in this folder, by its path on this machine. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (text: string) => void;
}

export interface RunningGateway {
  /** By the count of this machine, for questions about memory. */
  readonly pid: number;
  readonly isOver: boolean;
  /** Resolves to the exit code when it has ended and all its output was handed over. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Resolves when it was started, whatever becomes of it. */
export async function runGateway({ env, onOutput }: GatewayRun): Promise<RunningGateway> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], ...COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('readable', () => onOutput(stream.read() ?? ''));
  }
  let isOver = false;
  child.once('close', () => {
    isOver = true;
  });
  await once(child, 'spawn');
  return {
    pid: child.pid ?? 0,
    get isOver() {
      return isOver;
    },
    async end(signal) {
      if (!isOver) {
        const closed = once(child, 'close', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) });
        child.kill(signal);
        await closed;
      }
      return child.exitCode;
    },
  };
}

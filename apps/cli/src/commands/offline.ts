/** `netstore fsck` and `netstore export`: programs of the storage node, which know its disk. They are run as they are. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ForwardedCommand } from '@netstore/command-line';

const OFFLINE_MAIN = fileURLToPath(new URL('../../../storage-node/src/offline/main.ts', import.meta.url));
const EXIT_KILLED = 2;

export function offlineCommands(): ForwardedCommand[] {
  return [
    { name: 'fsck', summary: 'Checks the data directory of a node that is not running, changes nothing', forward: run('fsck') },
    { name: 'export', summary: 'Writes all files from the data directory of a single node, which is not running', forward: run('export') },
  ];
}

function run(command: string): ForwardedCommand['forward'] {
  return async (args, signal) => {
    const child = spawn(process.execPath, [OFFLINE_MAIN, command, ...args], { stdio: 'inherit' });
    // A terminal's Ctrl-C reaches both; any other end of this process is passed on.
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    const [exitCode] = (await once(child, 'exit')) as [number | null];
    return exitCode ?? EXIT_KILLED;
  };
}

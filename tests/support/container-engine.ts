/** The container engine of this machine, if one answers, and the compose program beside it. */
import { spawnSync } from 'node:child_process';
import { getContainerRuntimeClient } from 'testcontainers';

// The reaper of testcontainers is an image of its own, which a machine without a registry cannot have. The tests remove what they start.
process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';

export async function hasContainerEngine(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

/** Compose 2 is a plugin of `docker`; compose 1.29 is a program of its own. Undefined when there is neither. */
export function findCompose(): { readonly standalone: boolean } | undefined {
  if (answers('docker', ['compose', 'version'])) return { standalone: false };
  return answers('docker-compose', ['version']) ? { standalone: true } : undefined;
}

/** Runs a `docker` command and returns what it printed. */
export function docker(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${args.join(' ')} failed: ${stderr}`);
  return stdout.trim();
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

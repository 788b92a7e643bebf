/**
 * Before the container tests, once for all of them: builds the images of the services, from the engine's cache where nothing changed. A failure is kept
 * for the tests that need the images; the others have nothing to do with it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { findCompose, hasContainerEngine } from './container-engine.ts';
import type { Images } from './images.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The three nodes share one image. */
const SERVICES = ['init', 'auth-service', 'node-1', 'gateway'] as const;

export async function setup({ provide }: TestProject): Promise<void> {
  provide('images', (await hasContainerEngine()) ? build() : { state: 'no engine' });
}

function build(): Images {
  const compose = findCompose();
  if (compose === undefined) return { state: 'no engine' };
  const [command, ...args] = compose.standalone ? ['docker-compose'] : ['docker', 'compose'];
  const startedAt = performance.now();
  const { status, error, stderr } = spawnSync(command, [...args, 'build', ...SERVICES], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) return { state: 'failed', reason: error?.message ?? stderr };
  console.info(`Images built in ${Math.round(performance.now() - startedAt)} ms.`);
  return { state: 'built' };
}

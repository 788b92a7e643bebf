/** Builds the web page when it is missing or older than its sources. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { readLines } from './lines.ts';
import { readStamp, stampOf } from './stamp.ts';
import type { Terminal } from './terminal.ts';

const STAMP = '.built-from';
const SOURCES = ['apps/web/*.{html,json,ts}', 'apps/web/{src,public}/**/*', 'packages/shared-types/src/**/*', 'package-lock.json'];

export interface PageBuild {
  /** The folder of the whole workspace. */
  readonly root: string;
  readonly terminal: Terminal;
  /** What the bundler may know of the environment: the page must not depend on the shell that happened to build it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Answers with the folder of the built page. */
export async function buildPage({ root, terminal, env }: PageBuild, signal: AbortSignal): Promise<string> {
  const webDir = join(root, 'apps', 'web');
  const built = join(webDir, 'dist');
  const stamp = stampOf(root, SOURCES);
  if (readStamp(join(built, STAMP)) === stamp) return built;

  await terminal.say('building the page');
  // Built beside its place and moved there: another launcher may be serving the old one, or building the same.
  const fresh = join(webDir, `.dist-${process.pid}`);
  try {
    await runVite({ webDir, outDir: fresh, terminal, env }, signal);
    writeFileSync(join(fresh, STAMP), stamp);
    swap(fresh, built);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return built;
}

function swap(fresh: string, place: string): void {
  const old = `${fresh}-old`;
  try {
    renameSync(place, old);
  } catch {
    // There was none.
  }
  renameSync(fresh, place);
  rmSync(old, { recursive: true, force: true });
}

async function runVite(
  build: Omit<PageBuild, 'root'> & { readonly webDir: string; readonly outDir: string },
  signal: AbortSignal,
): Promise<void> {
  const { webDir, outDir, terminal, env } = build;
  const vite = join(dirname(createRequire(join(webDir, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: webDir,
    env: { ...env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const show = async (stream: typeof child.stdout): Promise<void> => {
    for await (const line of readLines(stream)) await terminal.show('page', line);
  };
  const [[exitCode]] = await Promise.all([once(child, 'exit'), show(child.stdout), show(child.stderr)]);
  if (exitCode === 0) return;
  throw new NetStoreError(
    'NS_UNAVAILABLE',
    `The page could not be built (vite ended with exit code ${exitCode}). The lines above say why.`,
  );
}

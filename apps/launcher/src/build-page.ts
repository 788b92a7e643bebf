/**
 * Builds the web page when it is missing or older than its sources. What "older" means is decided by a hash of everything that the page is made of,
 * kept inside the built folder; clocks and checkouts disagree too often about times.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NetStoreError } from '@netstore/shared-types';
import { readLines } from './lines.ts';
import type { Terminal } from './terminal.ts';

const STAMP = '.built-from';
const SOURCES = ['apps/web/*.{html,json,ts}', 'apps/web/{src,public}/**/*', 'packages/shared-types/src/**/*', 'package-lock.json'];
const NOT_SOURCES = /\.test\.tsx?$/;

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
  const stamp = stampOf(root);
  if (readStamp(built) === stamp) return built;

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

function stampOf(root: string): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !NOT_SOURCES.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${file.slice(root.length)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function readStamp(built: string): string | undefined {
  try {
    return readFileSync(join(built, STAMP), 'utf8');
  } catch {
    return undefined;
  }
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

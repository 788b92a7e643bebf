/** What a stranger's `npm start` needs of the lockfile, on any of the usual machines. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const locked: Readonly<Record<string, LockedPackage>> = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
const MACHINES = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
/** A package with this many optional parts for single machines brings a binary for each. */
const NATIVE_PARTS_MIN = 4;

function machinesOf(path: string, { optionalDependencies = {} }: LockedPackage): string[] {
  return Object.keys(optionalDependencies)
    .map((name) => locked[`${path}/node_modules/${name}`] ?? locked[`node_modules/${name}`])
    .flatMap((part) => (part?.os ?? []).flatMap((os) => (part?.cpu ?? []).map((cpu) => `${os}-${cpu}`)));
}

test('package.json, the workspaces and the lockfile agree', () => {
  const args = ['ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
});

test('packages that bring a binary per machine are locked for every usual machine', () => {
  const natives = Object.entries(locked)
    .map(([path, entry]) => ({ path, machines: machinesOf(path, entry) }))
    .filter(({ machines }) => machines.length >= NATIVE_PARTS_MIN);
  expect(natives.map(({ path }) => path)).toEqual(expect.arrayContaining(['node_modules/@node-rs/crc32', 'node_modules/rolldown']));
  const missing = natives.flatMap(({ path, machines }) =>
    MACHINES.filter((machine) => !machines.includes(machine)).map((machine) => [path, machine]),
  );
  expect(missing).toEqual([]);
});

test('packages that bring all binaries at once have those of Linux, macOS and Windows', () => {
  for (const name of ['better-sqlite3', 'argon2']) {
    const binaries = globSync(`node_modules/${name}/prebuilds/**/*.node`, { cwd: root }).join('\n');
    for (const machine of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64']) expect(binaries, name).toContain(machine);
  }
});

test('the lockfile names no host, and a digest for every package', () => {
  const fetched = Object.entries(locked).filter(([path, { link }]) => path.startsWith('node_modules/') && link !== true);
  expect(fetched.length).toBeGreaterThan(100);
  expect(fetched.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(fetched.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
});

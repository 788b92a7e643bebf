import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkImports, type Violation } from './import-rules.ts';
import { type Module, readModules } from './module-graph.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function readExports(): Map<string, string[]> {
  return new Map(
    globSync('{apps,packages}/*/package.json', { cwd: root }).map((file) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, file), 'utf8'));
      return [name, Object.keys(exports)];
    }),
  );
}

const describeViolation = ({ rule, path, line, what }: Violation): string => `${path}:${line} imports ${what}: ${rule}`;

const modules = readModules(root);

test('every import keeps the rules', () => {
  expect(checkImports(modules, readExports()).map(describeViolation)).toEqual([]);
});

test('the gate sees every module that git knows', () => {
  const tracked = execFileSync('git', ['ls-files', '*.ts', '*.tsx'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const present = new Set(globSync(tracked, { cwd: root }));
  const seen = new Set(modules.map(({ path }) => path));
  expect([...present].filter((path) => !seen.has(path))).toEqual([]);
  expect(modules.flatMap(({ imports }) => imports).length).toBeGreaterThan(modules.length);
});

describe('a planted bad import is found', () => {
  let planted = '';
  beforeAll(() => {
    planted = mkdtempSync(join(tmpdir(), 'netstore-imports-'));
    for (const { path } of modules) cpSync(join(root, path), join(planted, path));
  });
  afterAll(() => {
    rmSync(planted, { recursive: true });
  });

  /** The violations that a new module brings. */
  function plant(path: string, content: string): string[] {
    const file = join(planted, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    const found = checkImports(readModules(planted), readExports()).filter((violation) => violation.path === path);
    rmSync(file);
    return found.map(({ rule }) => rule);
  }

  test.each([
    ['packages/shared-types/src/bad.ts', `import 'pino';`, 'shared-types imports typebox only'],
    [
      'packages/wire-protocol/src/bad.ts',
      `import type { Socket } from 'node:net';`,
      'wire-protocol imports shared-types, typebox, cborg and @node-rs/crc32 only, and does no input or output',
    ],
    ['apps/gateway/src/files/bad.ts', `export { connect } from 'net';`, 'only wire-transport opens sockets'],
    [
      'apps/storage-node/src/server/bad.ts',
      `await import('node:fs/promises');`,
      'only blobs/, log/, membership/ and SQLite openers touch disk',
    ],
    ['apps/gateway/src/files/bad.ts', `import Database from 'better-sqlite3';`, 'only stores speak SQL'],
    [
      'apps/gateway/src/files/bad.ts',
      `import type { FastifyRequest } from 'fastify';`,
      'Fastify is known at the HTTP edge only: app.ts, routes, plugins, and what reads requests or writes answers for them',
    ],
    ['apps/storage-node/src/replication/core/bad.ts', `import '../../log/x.ts';`, 'replication/core imports shared-types only'],
    ['apps/storage-node/src/replication/core/bad.ts', `import 'node:crypto';`, 'replication/core imports shared-types only'],
    [
      'apps/gateway/src/bad.ts',
      `import '../../../packages/shared-types/src/ids.ts';`,
      'apps and packages reach others through their package, never by path',
    ],
    ['packages/service-kit/src/bad.ts', `import '@netstore/gateway';`, 'nobody imports an app'],
    ['tests/scenarios/bad.test.ts', `import '../../apps/launcher/src/config.ts';`, 'nobody imports an app'],
    ['apps/storage-node/src/bad.ts', `import './replication/simulation/run-schedule.ts';`, 'nothing runs the simulation but itself'],
    ['apps/launcher/src/bad.ts', `import './config.test.ts';`, 'production imports no tests'],
    ['apps/launcher/src/bad.ts', `import 'vitest';`, 'production imports no tests'],
    ['apps/launcher/src/bad.ts', `import './not-there.ts';`, 'what is imported is there'],
    ['apps/launcher/src/bad.ts', `import '@netstore/shared-types/src/ids.ts';`, "no deep imports past a package's exports"],
    ['apps/launcher/src/bad.ts', `import './bad.ts';`, 'no cycles'],
  ])('%s: %s', (path, content, rule) => {
    expect(plant(path, content)).toContain(rule);
  });

  test('and a good one is not', () => {
    expect(
      plant('apps/gateway/src/files/good-routes.ts', `import 'fastify'; import '@netstore/shared-types'; import 'node:crypto';`),
    ).toEqual([]);
  });
});

test('a cycle is shown with its whole way', () => {
  const module = (path: string, target: string): Module => ({
    path,
    imports: [{ specifier: target, line: 1, target: { kind: 'file', path: target, isThere: true }, names: ['*'], isTypeOnly: false }],
  });
  const cycles = checkImports([module('tests/a.ts', 'tests/b.ts'), module('tests/b.ts', 'tests/a.ts')], new Map());
  expect(cycles.map(({ rule, what }) => [rule, what])).toEqual([['no cycles', 'tests/a.ts → tests/b.ts → tests/a.ts']]);
});

import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LINES_MAX, TEST_LINES_MAX, TIDY_RULES, type TidyRule } from './tidy-rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const GENERATED = /^package-lock\.json$/;
const BINARY = /\.(?:png|jpg|ico|woff2|wasm|bin|gz|pdf|mp4|webm)$/;

/** What git has or would take. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((path) => !GENERATED.test(path) && !BINARY.test(path) && existsSync(join(root, path)));

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function findBanned(path: string, text: string, rules: readonly TidyRule[]): string[] {
  return rules
    .filter((rule) => rule.files?.test(path) !== false && rule.except?.test(path) !== true)
    .flatMap(({ ban, instead }) =>
      text
        .split('\n')
        .flatMap((line, index) => (ban.test(line) ? [`${path}:${index + 1} has "${ban.exec(line)?.[0]}". Instead: ${instead}`] : [])),
    );
}

test('no file has what is banned', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((path) => findBanned(path, read(path), TIDY_RULES))).toEqual([]);
});

describe('each ban finds what it is meant to find', () => {
  test.each([
    ['README.md', `TO${'DO'}: later`],
    ['README.md', 'a sla\u0076e'],
    ['apps/gateway/src/x.ts', `// @ts-${'ignore'}`],
    ['apps/gateway/src/x.ts', `body.pi${'pe'}(socket);`],
    ['apps/gateway/src/x.ts', `socket.on(${"'data'"}, f);`],
    ['apps/gateway/src/x.ts', `await im${'port'}(name);`],
    ['apps/gateway/src/x.ts', 'const port = process.env.PORT;'],
    ['packages/wire-protocol/src/x.ts', 'setTimeout(f, 1);'],
    ['docs/x.md', `see /ho${'me'}/ann/x`],
    ['.npmrc', `registry=https://registry.np${'mjs'}.org`],
  ])('%s with %j', (path, text) => {
    expect(findBanned(path, text, TIDY_RULES)).toHaveLength(1);
  });

  test('and lets main.ts read the environment and a test await a literal import', () => {
    expect(findBanned('apps/gateway/src/main.ts', 'readConfig(process.env)', TIDY_RULES)).toEqual([]);
    expect(findBanned('apps/gateway/src/x.test.ts', "await import('./x.ts')", TIDY_RULES)).toEqual([]);
  });
});

test(`no file is longer than ${LINES_MAX} lines, no test longer than ${TEST_LINES_MAX}`, () => {
  const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
  const tooLong = files
    .filter((path) => /\.(?:ts|tsx|mjs|sh)$/.test(path))
    .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > (isTest(path) ? TEST_LINES_MAX : LINES_MAX));
  expect(tooLong).toEqual([]);
});

test('every package says what it is for in a README', () => {
  const folders = globSync('{apps,packages}/*/package.json', { cwd: root }).map((file) => join(file, '..'));
  expect(folders.length).toBeGreaterThan(8);
  expect(folders.filter((folder) => !existsSync(join(root, folder, 'README.md')))).toEqual([]);
});

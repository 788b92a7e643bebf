/** Runs the test runner on small projects of its own and reads its last line, as CI does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const reporter = fileURLToPath(new URL('count-reporter.ts', import.meta.url));
const workspace = fileURLToPath(new URL('../..', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'netstore-reporter-')));
  symlinkSync(join(workspace, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly lastLine: string | undefined;
  readonly output: string;
  readonly exitCode: number | null;
}

/** `files` are test files by path; the first folder of a path is the project. */
function run(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}, only: readonly string[] = []): Run {
  const projects = ['one', 'two'].map((name) => ({ test: { name, include: [`${name}/*.test.ts`] } }));
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { CountReporter } from ${JSON.stringify(reporter)};
     export default { test: { reporters: ['default', new CountReporter({ leftOut: { files: ['one/long.test.ts'], otherwise: 'ask for it' } })], projects: ${JSON.stringify(projects)} } };`,
  );
  for (const [path, body] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `import { beforeAll, describe, expect, test } from 'vitest';\n${body}`);
  }
  const vitest = join(workspace, 'node_modules', 'vitest', 'vitest.mjs');
  const { NETSTORE_REQUIRE_ALL: _, ...inherited } = process.env;
  const child = spawnSync(process.execPath, [vitest, 'run', ...only], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...inherited, ...env, NO_COLOR: '1' },
  });
  const output = child.stdout + child.stderr;
  return { output, lastLine: child.stdout.trimEnd().split('\n').at(-1), exitCode: child.status };
}

const PASSING = `test('passes', () => { expect(1).toBe(1); });`;
const both = (body: string): Record<string, string> => ({ 'one/a.test.ts': body, 'two/b.test.ts': PASSING });

test('a run in which all is well ends with its counts and exit code 0', () => {
  expect(run(both(PASSING))).toMatchObject({ lastLine: '2 passed, 0 failed, 0 skipped', exitCode: 0 });
});

test('a whole run says what it does without, a run of some files does not', () => {
  expect(run(both(PASSING)).output).toMatch(/^left out: one\/long\.test\.ts \(ask for it\)$/m);
  expect(run(both(PASSING), {}, ['one/a']).output).not.toContain('left out');
});

test('a test that passes at its second try is counted as passed and named', () => {
  const flaky = run(both(`let tries = 0; test('hesitates', { retry: 1 }, () => { tries += 1; expect(tries).toBe(2); });`));
  expect(flaky).toMatchObject({ lastLine: '2 passed, 0 failed, 0 skipped', exitCode: 0 });
  expect(flaky.output).toMatch(/^passed at the second try: one\/a\.test\.ts > hesitates$/m);
});

test('a skipped test is listed with its reason and fails nothing', () => {
  const skipping = run(both(`test('flies', (context) => context.skip('no wings here'));`));
  expect(skipping).toMatchObject({ lastLine: '1 passed, 0 failed, 1 skipped', exitCode: 0 });
  expect(skipping.output).toMatch(/^skipped: one\/a\.test\.ts > flies \(no wings here\)$/m);
});

test('a skipped test fails the run when everything is required', () => {
  const skipping = run(both(`test('flies', (context) => context.skip('no wings here'));`), { NETSTORE_REQUIRE_ALL: '1' });
  expect(skipping).toMatchObject({ lastLine: '1 passed, 1 failed, 1 skipped', exitCode: 1 });
});

test.each([
  ['a test that fails', `test('fails', () => { expect(1).toBe(2); });`],
  ['a file that cannot be imported', `import './nothing-here.ts';`],
  ['a file without a test', ''],
  [
    'an error that nobody handles',
    `${PASSING} setTimeout(() => { throw new Error('late'); }, 0); await new Promise((done) => setTimeout(done, 50));`,
  ],
  ['a set-up that throws', `describe('suite', () => { beforeAll(() => { throw new Error('no'); }); ${PASSING} });`],
])('%s counts as failed', (_, body) => {
  const { lastLine, exitCode } = run(both(body));
  expect(lastLine).toMatch(/^[12] passed, 1 failed, [01] skipped$/);
  expect(exitCode).toBe(1);
});

test('a project without a test counts as failed', () => {
  const { lastLine, exitCode, output } = run({ 'one/a.test.ts': PASSING });
  expect(lastLine).toBe('1 passed, 1 failed, 0 skipped');
  expect(output).toContain('failed: two has no tests');
  expect(exitCode).toBe(1);
});

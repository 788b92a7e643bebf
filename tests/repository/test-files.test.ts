import { execFileSync } from 'node:child_process';
import { matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import config from '../../vitest.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** vitest's own patterns, as far as they are used here: `{ts,tsx}` and the two stars. */
function isRun(file: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(file, pattern));
}

test('every test file belongs to a project of the one test run, and to one alone', () => {
  const projects = (config.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project ? [project.test?.include ?? []] : [],
  );
  expect(projects.length).toBeGreaterThan(10);
  const files = execFileSync('git', ['ls-files', '*.test.ts', '*.test.tsx'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const counts = files.map((file) => ({ file, projects: projects.filter((patterns) => isRun(file, patterns)).length }));
  expect(counts.filter((count) => count.projects !== 1)).toEqual([]);
  expect(isRun('tests/nowhere/x.test.ts', projects.flat())).toBe(false);
});

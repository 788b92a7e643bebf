/** A small workspace with a page of one line, built by the real bundler. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildPage } from './build-page.ts';
import { Terminal } from './terminal.ts';

const workspace = fileURLToPath(new URL('../../..', import.meta.url));
const signal = new AbortController().signal;

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'netstore-page-')));
  mkdirSync(join(root, 'apps/web/src'), { recursive: true });
  mkdirSync(join(root, 'packages'));
  symlinkSync(join(workspace, 'node_modules'), join(root, 'node_modules'));
  cpSync(join(workspace, 'package-lock.json'), join(root, 'package-lock.json'));
  writeFileSync(join(root, 'apps/web/package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'apps/web/index.html'), '<!doctype html><script type="module" src="/src/main.ts"></script>');
  page('first');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function page(text: string): void {
  writeFileSync(join(root, 'apps/web/src/main.ts'), `document.title = '${text}';`);
}

function build(): Promise<string> {
  return buildPage({ root, terminal: new Terminal(new PassThrough().resume(), {}), env: {} }, signal);
}

function builtText(built: string): string {
  return readdirSync(join(built, 'assets'))
    .map((name) => readFileSync(join(built, 'assets', name), 'utf8'))
    .join('');
}

test('a missing page is built and left alone while its sources stay the same', async () => {
  const built = await build();
  expect(built).toBe(join(root, 'apps/web/dist'));
  expect(builtText(built)).toContain('first');
  const { ino } = statSync(built);
  page('first');
  expect(statSync(await build()).ino).toBe(ino);
});

test('a changed source makes a new page in place of the old one, with nothing left over', async () => {
  await build();
  page('second');
  const built = await build();
  expect(builtText(built)).toContain('second');
  expect(builtText(built)).not.toContain('first');
  expect(readdirSync(dirname(built)).sort()).toEqual(['dist', 'index.html', 'package.json', 'src']);
});

test('a page that cannot be built says so and leaves the old one in place', async () => {
  const built = await build();
  writeFileSync(join(root, 'apps/web/src/main.ts'), 'this is no program');
  await expect(build()).rejects.toThrow('The page could not be built (vite ended with exit code 1)');
  expect(builtText(built)).toContain('first');
});

/** A small workspace whose services note that they ran, compiled by the real Node. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileServices } from './compile-services.ts';
import { compileCacheDir } from './service-runtime.ts';
import { Terminal } from './terminal.ts';

const MODULES = [
  'apps/auth-service/src/main.ts',
  'apps/gateway/src/main.ts',
  'apps/storage-node/src/main.ts',
  'apps/storage-node/src/catalogue/worker.ts',
];

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'netstore-compile-')));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'ran'), '');
  for (const module of MODULES) service(module, 'first');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function service(module: string, text: string): void {
  mkdirSync(dirname(join(root, module)), { recursive: true });
  writeFileSync(
    join(root, module),
    `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(join(root, 'ran'))}, '${text}\\n' as string);\n`,
  );
}

function compile(signal = new AbortController().signal): Promise<void> {
  return compileServices({ root, terminal: new Terminal(new PassThrough().resume(), {}), env: {} }, signal);
}

const ran = (): readonly string[] => readFileSync(join(root, 'ran'), 'utf8').split('\n').slice(0, -1);

test('services are compiled once, and again when a source has changed', async () => {
  await compile();
  expect(ran()).toHaveLength(MODULES.length);
  expect(readdirSync(compileCacheDir(root)).length).toBeGreaterThan(1);

  await compile();
  expect(ran()).toHaveLength(MODULES.length);

  service('apps/gateway/src/main.ts', 'second');
  await compile();
  expect(ran()).toHaveLength(2 * MODULES.length);
  expect(ran()).toContain('second');
});

test('what was broken off in the middle is taken up again', async () => {
  const stopped = new AbortController();
  writeFileSync(join(root, 'apps/gateway/src/main.ts'), 'setInterval(() => {}, 1_000);\n');
  const broken = compile(stopped.signal);
  await expect.poll(ran, { timeout: 20_000 }).toHaveLength(1);
  stopped.abort();
  await expect(broken).rejects.toThrow('aborted');

  service('apps/gateway/src/main.ts', 'first');
  await compile();
  expect(ran()).toHaveLength(1 + MODULES.length);
});

/** The settings that the documents name are the settings that there are. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const NAME = /NETSTORE_[A-Z0-9_]+/g;

/** Every variable that a `config.ts` reads, and every one that the compose file takes. */
function existingSettings(): string[] {
  const configs = globSync('apps/*/src/config.ts', { cwd: root }).map(read);
  expect(configs).toHaveLength(5);
  // A secret may also come from a file, under its name with an ending.
  const secretFiles = configs.flatMap((text) =>
    [...text.matchAll(/optionalSecret\('(NETSTORE_[A-Z_]+)'/g)].map(([, name]) => `${name}_FILE`),
  );
  const named = configs.flatMap((text) => text.match(NAME) ?? []);
  const taken = [...read('docker-compose.yml').matchAll(/\$\{(NETSTORE_[A-Z0-9_]+)/g)].map(([, name]) => name ?? '');
  return [...new Set([...named, ...secretFiles, ...taken])].sort();
}

test('docs/operations.md names every setting, and none that there is not', () => {
  const documented = new Set(
    read('docs/operations.md')
      .match(NAME)
      ?.filter((name) => !name.endsWith('_')),
  );
  expect([...documented].sort()).toEqual(existingSettings());
});

test('the README names no setting that there is not', () => {
  const existing = existingSettings();
  expect(
    read('README.md')
      .match(NAME)
      ?.filter((name) => !existing.includes(name)),
  ).toEqual([]);
});

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PLANTS } from './plants.ts';

const apps = fileURLToPath(new URL('../../apps', import.meta.url));
const modules = globSync('**/*.ts', { cwd: apps }).map((path) => `/${path}`);

test.each(Object.entries(PLANTS))('%s fits one place of one module', (_, { module, find }) => {
  const paths = modules.filter((path) => path.endsWith(module));
  expect(paths).toHaveLength(1);
  expect(readFileSync(`${apps}${paths[0]}`, 'utf8').split(find)).toHaveLength(2);
});

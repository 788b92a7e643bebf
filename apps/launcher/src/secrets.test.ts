import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareSecrets } from './secrets.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netstore-secrets-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('keys are random, readable by their owner alone, and made once', () => {
  const files = Object.values(prepareSecrets(folder));
  const keys = files.map((file) => readFileSync(file, 'utf8'));
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}\n$/);
  expect(new Set(keys).size).toBe(3);
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  prepareSecrets(folder);
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(keys);
});

test('a key without write permission and without a line break is a key', () => {
  const { cluster } = prepareSecrets(folder);
  chmodSync(cluster, 0o400);
  expect(prepareSecrets(folder).cluster).toBe(cluster);
});

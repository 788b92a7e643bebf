import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecretFile } from './secret-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netstore-secret-'));
  path = join(directory, 'x.key');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a secret is made once, for its owner alone, and is the same ever after', async () => {
  const first = await openSecretFile(path);
  expect(first.isNew).toBe(true);
  expect(first.secret).toHaveLength(32);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await openSecretFile(path)).toEqual({ secret: first.secret, isNew: false });
  expect(readdirSync(directory)).toEqual(['x.key']);
});

test('what a crash left half made is made again', async () => {
  writeFileSync(`${path}.new`, 'half');
  expect((await openSecretFile(path)).isNew).toBe(true);
  expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
});

test.each([[0o640], [0o604], [0o660]])('a file of mode %o is refused: others may know the secret', async (mode) => {
  await openSecretFile(path);
  chmodSync(path, mode);
  await expect(openSecretFile(path)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
});

test.each([[''], ['abc'], ['x'.repeat(64)]])('a file with %j in it is refused and left as it is', async (text) => {
  writeFileSync(path, text, { mode: 0o600 });
  await expect(openSecretFile(path)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
  expect(readFileSync(path, 'utf8')).toBe(text);
});

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UncachedReader } from './uncached-reader.ts';

/** A file system that has no reads past the cache, where there is one. */
const IN_MEMORY = '/dev/shm';

test.for([tmpdir(), IN_MEMORY])('reads any run of a file, up to its end (in %s)', async (root, { skip }) => {
  skip(!existsSync(root), `there is no ${root}`);
  const dir = await mkdtemp(join(root, 'netstore-disk-'));
  try {
    const path = join(dir, 'file');
    const all = randomBytes(2_500_123);
    await writeFile(path, all);
    const reader = new UncachedReader();
    for (const [position, length] of [
      [0, 10],
      [5, 4096],
      [4095, 2],
      [1000, 2_000_000],
      [2_500_000, 5000],
      [2_500_123, 1],
      [3_000_000, 10],
      [7, 0],
    ] as const) {
      const bytes = await reader.read(path, position, length);
      expect(bytes.equals(all.subarray(position, position + length))).toBe(true);
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('says which error the system gave', async () => {
  await expect(new UncachedReader().read(join(tmpdir(), 'netstore-absent'), 0, 10)).rejects.toMatchObject({ code: 'ENOENT' });
});

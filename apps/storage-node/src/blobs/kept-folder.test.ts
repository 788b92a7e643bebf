import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import type { BlobDirs } from './blob-path.ts';
import { listKept, moveToStaging, setForeignAside } from './kept-folder.ts';

const ID = `ab${'0'.repeat(30)}` as BlobId;
const dirsIn = (root: string): BlobDirs => ({
  blobs: join(root, 'blobs'),
  staging: join(root, 'staging'),
  quarantine: join(root, 'quarantine'),
});

async function makeDirs() {
  const dir = await makeTempDir('blobs', 'staging', 'quarantine');
  await mkdir(join(dir.path, 'blobs', 'ab'));
  return { dirs: dirsIn(dir.path), shard: join(dir.path, 'blobs', 'ab'), [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

test('what is no blob of the folder is told apart: other names, other ids, other kinds', async () => {
  await using made = await makeDirs();
  const elsewhere = `cd${'0'.repeat(30)}`;
  for (const name of [ID, elsewhere, `${ID}.tmp`, 'notes.txt']) await writeFile(join(made.shard, name), 'x');
  await mkdir(join(made.shard, 'folder'));
  const { blobIds, foreign } = await listKept(made.dirs, 'ab');
  expect(blobIds).toEqual([ID]);
  expect(foreign.toSorted()).toEqual([`${ID}.tmp`, elsewhere, 'folder', 'notes.txt'].toSorted());
  expect(await listKept(made.dirs, 'cd')).toEqual({ blobIds: [], foreign: [] });
});

test('what is foreign goes to quarantine whole, whatever its name', async () => {
  await using made = await makeDirs();
  const name = `odd name ${'é'.repeat(100)}`;
  await writeFile(join(made.shard, name), 'keep me');
  await mkdir(join(made.shard, 'folder'));
  expect(await setForeignAside(made.dirs, 'ab', name)).toBe(true);
  expect(await setForeignAside(made.dirs, 'ab', 'folder')).toBe(true);
  expect(await setForeignAside(made.dirs, 'ab', 'never there')).toBe(false);
  expect(await readdir(made.shard)).toEqual([]);
  const aside = await readdir(made.dirs.quarantine);
  expect(aside.every((entry) => entry.startsWith('foreign-ab-'))).toBe(true);
  const file = aside.find((entry) => entry.includes('odd_name')) as string;
  expect(await readFile(join(made.dirs.quarantine, file), 'utf8')).toBe('keep me');
});

test('a blob that goes back to staging has as much time there as one that was just sealed', async () => {
  await using made = await makeDirs();
  await writeFile(join(made.shard, ID), 'x');
  await utimes(join(made.shard, ID), 1, 1);
  expect(await moveToStaging(made.dirs, ID)).toBe(true);
  expect(Date.now() - (await stat(join(made.dirs.staging, ID))).mtimeMs).toBeLessThan(60_000);
  expect(await moveToStaging(made.dirs, ID)).toBe(false);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { BALLAST_BYTES } from './ballast.ts';
import { openDataDirectory } from './data-directory.ts';

const HOLDER = new URL('./testing/hold-directory.ts', import.meta.url).pathname;

describe('a data directory', () => {
  test('is made with its tree, and opened again', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'deep', 'node-1');
    for (let time = 0; time < 2; time += 1) {
      await using opened = await openDataDirectory(path);
      for (const folder of [opened.logDir, opened.blobsDir, opened.stagingDir, opened.quarantineDir, opened.divergentDir]) {
        expect((await stat(folder)).isDirectory()).toBe(true);
      }
      expect(opened.cataloguePath).toBe(join(path, 'catalogue.db'));
    }
    expect(await readFile(join(path, 'FORMAT'), 'utf8')).toBe('netstore-storage-node 1\n');
    expect((await readdir(path)).sort()).toEqual([
      'BALLAST',
      'FORMAT',
      'LOCK',
      'blobs',
      'divergent',
      'log',
      'quarantine',
      'snapshot',
      'staging',
    ]);
  });

  test('gives its ballast up and takes it back', async () => {
    await using dir = await makeTempDir();
    await using opened = await openDataDirectory(dir.path);
    const ballast = join(dir.path, 'BALLAST');
    expect((await stat(ballast)).size).toBe(BALLAST_BYTES);
    expect((await stat(ballast)).blocks * 512).toBeGreaterThanOrEqual(BALLAST_BYTES);
    expect(await opened.ballast.release()).toBe(true);
    expect(await opened.ballast.release()).toBe(false);
    expect(await opened.ballast.restore()).toBe(true);
    expect((await stat(ballast)).size).toBe(BALLAST_BYTES);
  });

  test('of a newer format is refused, and the way out is named', async () => {
    await using dir = await makeTempDir();
    await writeFile(join(dir.path, 'FORMAT'), 'netstore-storage-node 2\n');
    const opening = openDataDirectory(dir.path);
    await expect(opening).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
    await expect(opening).rejects.toThrow(/start a newer version of NetStore/);
    await writeFile(join(dir.path, 'FORMAT'), 'something else\n');
    await expect(openDataDirectory(dir.path)).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
  });

  test('is refused when it holds what is not of NetStore, which stays untouched', async () => {
    await using dir = await makeTempDir();
    await writeFile(join(dir.path, 'holiday.jpg'), 'pixels');
    await expect(openDataDirectory(dir.path)).rejects.toMatchObject({
      code: 'NS_DATA_DIRECTORY',
      message: expect.stringContaining('holiday.jpg'),
    });
    expect(await readFile(join(dir.path, 'holiday.jpg'), 'utf8')).toBe('pixels');
  });

  test('is taken over where an earlier start died before it had a format', async () => {
    await using dir = await makeTempDir();
    for (const leftover of ['FORMAT.tmp', 'PROBE']) await writeFile(join(dir.path, leftover), '');
    await using opened = await openDataDirectory(dir.path);
    expect((await stat(opened.logDir)).isDirectory()).toBe(true);
  });

  test('that is a file is refused', async () => {
    await using dir = await makeTempDir();
    await writeFile(join(dir.path, 'node-1'), '');
    await expect(openDataDirectory(join(dir.path, 'node-1'))).rejects.toMatchObject({ code: 'NS_DATA_DIRECTORY' });
  });
});

describe('the lock', () => {
  test('keeps a second opening out until the first one is closed', async () => {
    await using dir = await makeTempDir();
    {
      await using _first = await openDataDirectory(dir.path);
      await expect(openDataDirectory(dir.path)).rejects.toMatchObject({
        code: 'NS_DATA_DIRECTORY',
        message: expect.stringContaining('in use'),
      });
    }
    await using _second = await openDataDirectory(dir.path);
  });

  test('is held against other processes, also after a refused second opening, and gone the moment its holder is killed', async () => {
    await using dir = await makeTempDir();
    const holder = spawn(process.execPath, [HOLDER, dir.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
      expect(holder.exitCode).toBeNull();
      await expect(openDataDirectory(dir.path)).rejects.toMatchObject({
        code: 'NS_DATA_DIRECTORY',
        message: expect.stringContaining('in use'),
      });
      await expect(openDataDirectory(dir.path)).rejects.toMatchObject({ message: expect.stringContaining('in use') });
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    await using _opened = await openDataDirectory(dir.path);
  });
});

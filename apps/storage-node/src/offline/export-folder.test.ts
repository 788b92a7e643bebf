import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { diskNameOf, otherNameOf } from './disk-name.ts';
import { ExportFolder } from './export-folder.ts';

describe('the name of a file on the disk', () => {
  test.each(['report.pdf', 'a:b', 'CON', 'x ', '…', 'ä'.repeat(127)])('is its own where the system takes every name: %j', (name) => {
    expect(diskNameOf(name, 'linux')).toBe(name);
  });

  test.each([
    ['a:b', 'a%3Ab'],
    ['what?.txt', 'what%3F.txt'],
    ['100%', '100%25'],
    ['dot.', 'dot%2E'],
    ['blank ', 'blank%20'],
    ['CON', '%43ON'],
    ['nul.txt', '%6Eul.txt'],
    ['console', 'console'],
    ['com1', '%63om1'],
  ])('is escaped on Windows: %j is %j', (name, escaped) => {
    expect(diskNameOf(name, 'win32')).toBe(escaped);
  });

  test('has another one, which is short, ends in whole characters and differs where names differ', () => {
    const [one, other] = [otherNameOf('ä'.repeat(127), 'linux'), otherNameOf(`${'ä'.repeat(126)}b`, 'linux')];
    expect(one).toMatch(/^ä{50}~[0-9a-f]{16}$/);
    expect(one).not.toBe(other);
  });
});

describe('the folder of an export', () => {
  test('gives what a system takes for one name two names', async () => {
    await using dir = await makeTempDir();
    const folder = await ExportFolder.open(join(dir.path, 'out'), '/nowhere');
    await folder.makeFolders('files');
    const first = await folder.makeFile('files', 'Name');
    // As a system would that does not tell `Name` from `name`.
    const second = await folder.makeFile('files', 'Name');
    for (const { handle } of [first, second]) await handle.close();
    expect(first.place).toBe('files/Name');
    expect(second.place).toMatch(/^files\/Name~[0-9a-f]{16}$/);
    const [one, other] = [await folder.makeFolder('files', 'x'), await folder.makeFolder('files', 'x')];
    expect(other).not.toBe(one);
  });

  test('puts elsewhere what lies deeper than the system can name', async () => {
    await using dir = await makeTempDir();
    const folder = await ExportFolder.open(join(dir.path, 'out'), '/nowhere');
    await folder.makeFolders('files');
    let place = 'files';
    for (let level = 0; level < 30; level += 1) place = await folder.makeFolder(place, `${level}${'x'.repeat(200)}`);
    const { place: file, handle } = await folder.makeFile(place, 'deep');
    await handle.writeFile('found');
    await handle.close();
    expect(place).toContain('~long-paths/');
    expect(await readFile(join(folder.path, file), 'utf8')).toBe('found');
  });

  test('never replaces a file, and gives the last one its name when it is complete', async () => {
    await using dir = await makeTempDir();
    const folder = await ExportFolder.open(dir.path, '/nowhere');
    await folder.writeLast('manifest.json', async (handle) => {
      await handle.writeFile('{}');
      expect(await readdir(dir.path)).toEqual(['manifest.json.unfinished']);
    });
    expect(await readdir(dir.path)).toEqual(['manifest.json']);
    expect((await stat(join(dir.path, 'manifest.json'))).size).toBe(2);
  });

  test('has to be empty', async () => {
    await using dir = await makeTempDir();
    await writeFile(join(dir.path, 'x'), '');
    await expect(ExportFolder.open(dir.path, '/nowhere')).rejects.toMatchObject({ code: 'NS_BAD_REQUEST' });
  });
});

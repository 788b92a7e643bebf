import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpaceId } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { makeFolder, move, OTHER_SPACE, remove, SPACE, START_MS } from '../catalogue/testing/record-chain.ts';
import { flipByte } from '../log/testing/flip-byte.ts';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { readDataDirectory } from '../membership/data-directory.ts';
import { type ExportResult, exportFiles } from './export.ts';
import { ExportFolder } from './export-folder.ts';
import { blobPath, fingerprintOf, NodeHistory, type StoppedNodeOptions, segmentPath } from './testing/stopped-node.ts';

const signal = new AbortController().signal;
const FILES = join('files', SPACE);

interface Scene extends AsyncDisposable {
  readonly history: NodeHistory;
  readonly dataDir: string;
  readonly target: string;
  readonly write: (options?: StoppedNodeOptions) => Promise<void>;
  readonly run: (options?: { withVersions?: boolean; space?: SpaceId }) => Promise<ExportResult>;
  readonly read: (path: string) => Promise<Buffer>;
  readonly manifest: () => Promise<Manifest>;
}

interface Manifest {
  readonly format: string;
  readonly appliedSeq: number;
  readonly exportedSeq: number;
  readonly problems: string[];
  readonly counts: Record<string, number>;
  readonly entries: {
    kind: string;
    path: string;
    isCurrent?: boolean;
    sizeBytes?: number;
    writtenAs: string | null;
    problem: string | null;
  }[];
}

async function makeScene(): Promise<Scene> {
  const dir = await makeTempDir();
  const [dataDir, target] = [join(dir.path, 'node-1'), join(dir.path, 'rescued')];
  const history = new NodeHistory();
  return {
    history,
    dataDir,
    target,
    write: (options) => history.write(dataDir, options),
    run: async ({ withVersions = false, space } = {}) => {
      using paths = await readDataDirectory(dataDir);
      const folder = await ExportFolder.open(target, paths.path);
      return exportFiles({ paths, folder, withVersions, space, onProgress: async () => undefined }, signal);
    },
    read: (path) => readFile(join(target, path)),
    manifest: async () => JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8')),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

describe('an export', () => {
  test('has every file byte for byte, with names, folders and times, and leaves the directory as it was', async () => {
    await using scene = await makeScene();
    const report = scene.history.put('docs/2026/Übersicht ☂.txt', [100_000, 7]);
    scene.history.put('empty');
    scene.history.operation(makeFolder('nothing in here'));
    scene.history.operation(move('empty', 'docs/empty'));
    await scene.write();
    const before = await fingerprintOf(scene.dataDir);
    const result = await scene.run();
    expect(result).toMatchObject({ files: 2, folders: 3, bytes: 100_007, lost: [], problems: [], renamed: 0 });
    expect(await scene.read(join(FILES, 'docs/2026/Übersicht ☂.txt'))).toEqual(report);
    expect(await scene.read(join(FILES, 'docs/empty'))).toHaveLength(0);
    expect(await readdir(join(scene.target, FILES, 'nothing in here'))).toEqual([]);
    const { mtimeMs } = await stat(join(scene.target, FILES, 'docs/2026/Übersicht ☂.txt'));
    expect(mtimeMs).toBe(START_MS + 2000);
    expect((await stat(join(scene.target, FILES, 'docs'))).mtimeMs).toBe(START_MS + 5000);
    expect(await readdir(scene.target)).toEqual(['files', 'manifest.json']);
    expect(await fingerprintOf(scene.dataDir)).toEqual(before);
  });

  test('lists everything in its manifest', async () => {
    await using scene = await makeScene();
    scene.history.put('a/b', [10]);
    await scene.write();
    await scene.run();
    const manifest = await scene.manifest();
    expect(manifest).toMatchObject({
      format: 'netstore-export 1',
      appliedSeq: 2,
      exportedSeq: 2,
      problems: [],
      counts: { files: 1, folders: 1, lost: 0 },
    });
    expect(manifest.entries).toMatchObject([
      { kind: 'file', path: 'a/b', isCurrent: true, sizeBytes: 10, writtenAs: `files/${SPACE}/a/b`, problem: null },
      { kind: 'folder', path: 'a', writtenAs: `files/${SPACE}/a` },
    ]);
  });

  test('leaves the trash out, and older versions unless they are asked for', async () => {
    await using scene = await makeScene();
    const old = scene.history.put('notes', [10]);
    const current = scene.history.put('notes', [20]);
    scene.history.put('gone', [30]);
    scene.history.operation(remove('gone'));
    await scene.write();
    expect(await scene.run({ withVersions: true })).toMatchObject({ files: 2, bytes: 30 });
    expect(await scene.read(join(FILES, 'notes'))).toEqual(current);
    expect(await scene.read(join('versions', SPACE, 'notes', '2'))).toEqual(old);
    await rm(scene.target, { recursive: true });
    expect(await scene.run()).toMatchObject({ files: 1, bytes: 20 });
  });

  test('is of one space when one is named, and of none that is not there', async () => {
    await using scene = await makeScene();
    scene.history.put('mine', [1]);
    scene.history.operation(makeFolder('theirs', OTHER_SPACE));
    await scene.write();
    expect(await scene.run({ space: OTHER_SPACE })).toMatchObject({ files: 0, folders: 1 });
    expect(await readdir(join(scene.target, 'files'))).toEqual([OTHER_SPACE]);
    await rm(scene.target, { recursive: true });
    await expect(scene.run({ space: 'f'.repeat(32) as SpaceId })).rejects.toThrow(`There are: ${SPACE}, ${OTHER_SPACE}`);
  });
});

describe('from a directory that was not left in order', () => {
  test('an export has what the catalogue had not applied yet', async () => {
    await using scene = await makeScene();
    scene.history.put('early', [1]);
    const late = scene.history.put('late', [70_000]);
    await scene.write({ unapplied: 1 });
    expect(await scene.run()).toMatchObject({ files: 2, lost: [], problems: [] });
    expect(await scene.read(join(FILES, 'late'))).toEqual(late);
    expect(await scene.manifest()).toMatchObject({ appliedSeq: 2, exportedSeq: 3 });
  });

  test.each([
    ['that is damaged', (path: string) => writeFile(path, 'no database'.repeat(1000))],
    ['that is gone', (path: string) => rm(path)],
  ])('an export is made from the log alone, with a catalogue %s', async (_, spoil) => {
    await using scene = await makeScene();
    const content = scene.history.put('a/b', [70_000]);
    await scene.write();
    await spoil(join(scene.dataDir, 'catalogue.db'));
    expect(await scene.run()).toMatchObject({ files: 1, lost: [], problems: [] });
    expect(await scene.read(join(FILES, 'a/b'))).toEqual(content);
  });

  test('an export has everything but the file whose bytes are damaged, and names it', async () => {
    await using scene = await makeScene();
    scene.history.put('bad', [70_000]);
    const good = scene.history.put('good', [70_000]);
    await scene.write();
    const [blob] = scene.history.blobs;
    await flipByte(blobPath(scene.dataDir, blob?.blobId as never), 69_000);
    const result = await scene.run();
    expect(result).toMatchObject({ files: 1, lost: [{ path: 'bad', writtenAs: null, problem: expect.stringContaining('chunk 1') }] });
    expect(await readdir(join(scene.target, FILES))).toEqual(['good']);
    expect(await scene.read(join(FILES, 'good'))).toEqual(good);
    expect((await scene.manifest()).entries.find(({ path }) => path === 'bad')).toMatchObject({ writtenAs: null });
  });

  test('an export has what came before a damaged record, and says from where on something is missing', async () => {
    await using scene = await makeScene();
    scene.history.put('before', [1]);
    scene.history.put('behind', [1]);
    await scene.write();
    await rm(join(scene.dataDir, 'catalogue.db'));
    const [first, second] = scene.history.chain.records;
    await flipByte(await segmentPath(scene.dataDir), 64 + (first?.encoded.length ?? 0) + (second?.encoded.length ?? 0) + 30);
    const result = await scene.run();
    expect(result).toMatchObject({ files: 1 });
    expect(result.problems).toEqual([expect.stringContaining('What happened in record 3 is missing')]);
  });

  test.each([
    ['damaged', (path: string) => writeFile(path, 'no database'.repeat(1000)), /The catalogue is damaged: .*\. The log begins with record/],
    ['gone', (path: string) => rm(path), /The log begins with record \d+: what came before was in the catalogue alone/],
  ])(
    'there is no export when the catalogue is %s and the log has let its beginning go: the reason and the way out are said',
    async (_, spoil, reason) => {
      await using scene = await makeScene();
      for (let file = 0; file < 20; file += 1) scene.history.put(`file-${file}`);
      await scene.write({ isCompacted: true });
      await spoil(join(scene.dataDir, 'catalogue.db'));
      const refusal = expect.objectContaining({ code: 'NS_DATA_DIRECTORY', message: expect.stringMatching(reason) });
      await expect(scene.run()).rejects.toEqual(refusal);
      await expect(scene.run()).rejects.toThrow('Export from the disk of another node');
      expect(await readdir(scene.target)).toEqual([]);
    },
  );

  test('an export of a sound catalogue needs no beginning of the log', async () => {
    await using scene = await makeScene();
    for (let file = 0; file < 20; file += 1) scene.history.put(`file-${file}`);
    await scene.write({ isCompacted: true });
    expect(await scene.run()).toMatchObject({ files: 20, lost: [], problems: [] });
  });

  test('there is no export when neither catalogue nor log can be read', async () => {
    await using scene = await makeScene();
    scene.history.put('a', [1]);
    await scene.write();
    await rm(join(scene.dataDir, 'catalogue.db'));
    await flipByte(await segmentPath(scene.dataDir), 10);
    await expect(scene.run()).rejects.toMatchObject({
      code: 'NS_DATA_DIRECTORY',
      message: expect.stringContaining('neither a catalogue nor a log'),
    });
  });
});

describe('nothing is overwritten:', () => {
  test.each([
    ['a folder that is not empty', async (target: string) => writeFile(join(target, 'mine'), 'x'), 'is not empty (it holds mine)'],
    ['a folder that holds an earlier export', async (target: string) => writeFile(join(target, 'manifest.json'), '{}'), 'is not empty'],
  ])('%s is refused', async (_, prepare, reason) => {
    await using scene = await makeScene();
    await scene.write();
    await mkdir(scene.target);
    await prepare(scene.target);
    await expect(scene.run()).rejects.toThrow(reason);
  });

  test('a place in the data directory is refused', async () => {
    await using scene = await makeScene();
    await scene.write();
    for (const place of ['', 'blobs/x']) {
      await expect(ExportFolder.open(join(scene.dataDir, place), scene.dataDir)).rejects.toThrow('lies in the data directory');
    }
  });

  test('a file is refused', async () => {
    await using scene = await makeScene();
    await scene.write();
    await writeFile(scene.target, 'x');
    await expect(scene.run()).rejects.toThrow('Preparing');
  });
});

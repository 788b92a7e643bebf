import { copyFile, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqlite } from '@netstore/service-kit/sqlite';
import { newBlobId } from '@netstore/shared-types';
import { crc32c } from '@node-rs/crc32';
import { describe, expect, test } from 'vitest';
import { remove } from '../catalogue/testing/record-chain.ts';
import { flipByte } from '../log/testing/flip-byte.ts';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { openDataDirectory, readDataDirectory } from '../membership/data-directory.ts';
import type { Finding } from './finding.ts';
import { type FsckResult, fsck } from './fsck.ts';
import { blobPath, fingerprintOf, NodeHistory, type StoppedNodeOptions, segmentPath } from './testing/stopped-node.ts';

const signal = new AbortController().signal;

interface Scene extends AsyncDisposable {
  readonly history: NodeHistory;
  readonly dataDir: string;
  readonly check: () => Promise<{ result: FsckResult; problems: Finding[]; notes: Finding[] }>;
}

interface SceneOptions extends StoppedNodeOptions {
  readonly withWrongCheckpoint?: boolean;
}

/** A node with three files of five blobs, one of them in the trash. */
async function makeScene({ withWrongCheckpoint = false, ...options }: SceneOptions = {}): Promise<Scene> {
  const dir = await makeTempDir('work');
  const dataDir = join(dir.path, 'node-1');
  const history = new NodeHistory();
  history.put('docs/report', [100_000, 70_000]);
  history.put('docs/notes', [10]);
  history.put('gone', [200_000, 5]);
  history.operation(remove('gone'));
  if (withWrongCheckpoint) history.chain.checkpoint(5, new Uint8Array(32));
  await history.write(dataDir, options);
  return {
    history,
    dataDir,
    check: async () => {
      const findings: Finding[] = [];
      using paths = await readDataDirectory(dataDir);
      const onFinding = (finding: Finding): void => void findings.push(finding);
      const result = await fsck({ paths, workDir: join(dir.path, 'work'), onFinding, onProgress: async () => undefined }, signal);
      const of = (wanted: Finding['severity']): Finding[] => findings.filter(({ severity }) => severity === wanted);
      return { result, problems: of('problem'), notes: of('note') };
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

describe('a directory that is sound', () => {
  test('is clean, and everything was looked at', async () => {
    await using scene = await makeScene();
    const { result, problems, notes } = await scene.check();
    expect({ problems, notes }).toEqual({ problems: [], notes: [] });
    expect(result).toMatchObject({ lastSeq: 5, acknowledgedSeq: 5, appliedSeq: 5, records: 5, blobs: 5, bytes: 370_015 });
    expect(result.identity?.nodeId).toBe('node-1');
  });

  test('is the same before and after, to the last byte and time', async () => {
    await using scene = await makeScene({ unapplied: 2 });
    const before = await fingerprintOf(scene.dataDir);
    await scene.check();
    expect(await fingerprintOf(scene.dataDir)).toEqual(before);
  });

  test('is clean when the catalogue is behind the log, whose blobs are looked at, too', async () => {
    await using scene = await makeScene({ unapplied: 4 });
    const { result, problems } = await scene.check();
    expect(problems).toEqual([]);
    expect(result).toMatchObject({ appliedSeq: 1, blobs: 5 });
  });

  test('is clean without a catalogue, which a node makes anew', async () => {
    await using scene = await makeScene();
    await rm(join(scene.dataDir, 'catalogue.db'));
    const { problems, notes, result } = await scene.check();
    expect(problems).toEqual([]);
    expect(notes.map(({ what }) => what).join()).toContain('makes it anew from its log');
    expect(result.blobs).toBe(5);
  });

  test('is clean when its log ends in a torn record that nobody was told of', async () => {
    await using scene = await makeScene({ unacknowledged: 1, unapplied: 1 });
    const segment = await segmentPath(scene.dataDir);
    const { records } = scene.history.chain;
    await flipByte(segment, 64 + records.slice(0, 4).reduce((sum, { encoded }) => sum + encoded.length, 0) + 20);
    const { problems, notes } = await scene.check();
    expect(problems).toEqual([]);
    expect(notes[0]?.what).toContain('torn record');
  });

  test('is clean with what is put aside and what is left over, which is counted', async () => {
    await using scene = await makeScene();
    const { dataDir } = scene;
    await writeFile(join(dataDir, 'quarantine', 'x'), 'bad');
    await writeFile(join(dataDir, 'quarantine', 'x.reason'), 'why');
    await writeFile(join(dataDir, 'divergent', 'y'), '');
    await writeFile(join(dataDir, 'staging', `${newBlobId()}.1.part`), '');
    await writeFile(join(dataDir, 'staging', newBlobId()), '');
    await writeFile(blobPath(dataDir, newBlobId()), '');
    await writeFile(join(dataDir, 'blobs', '00', 'holiday.jpg'), '');
    await writeFile(join(dataDir, 'log', 'x.log.tmp'), '');
    const { problems, notes } = await scene.check();
    expect(problems).toEqual([]);
    const said = notes.map(({ what }) => what).join('\n');
    for (const text of [
      '1 bad copies',
      '1 ends of logs',
      '1 blobs were being received',
      '1 blobs wait',
      '1 blobs belong to no file',
      'It is no blob',
      'It was being written',
    ]) {
      expect(said).toContain(text);
    }
  });
});

describe('a problem is named with its file, its place and the way out', () => {
  test('a flipped byte in a blob', async () => {
    await using scene = await makeScene();
    const [blob] = scene.history.blobs;
    const path = blobPath(scene.dataDir, blob?.blobId ?? newBlobId());
    await flipByte(path, 70_000);
    const { problems } = await scene.check();
    expect(problems).toMatchObject([
      { path, offset: 65_536, what: expect.stringContaining('chunk 1'), wayOut: expect.stringContaining('Start the node') },
    ]);
  });

  test('a blob that is too short, and one that is gone', async () => {
    await using scene = await makeScene();
    const [first, second] = scene.history.blobs.map(({ blobId }) => blobPath(scene.dataDir, blobId));
    await truncate(first ?? '', 1000);
    await rm(second ?? '');
    const { problems } = await scene.check();
    expect(problems).toHaveLength(2);
    expect(problems.find(({ path }) => path === first)?.what).toContain('does not end in a footer');
    expect(problems.find(({ path }) => path === join(scene.dataDir, 'blobs'))?.what).toContain('is not there');
  });

  test('a whole blob under the name of another one', async () => {
    await using scene = await makeScene();
    const [first, second] = scene.history.blobs.map(({ blobId }) => blobPath(scene.dataDir, blobId));
    await copyFile(first ?? '', second ?? '');
    const { problems } = await scene.check();
    expect(problems).toMatchObject([{ path: second, what: expect.stringContaining('its footer is of blob') }]);
  });

  test('a flipped byte in an acknowledged record', async () => {
    await using scene = await makeScene();
    const path = await segmentPath(scene.dataDir);
    const offset = 64 + (scene.history.chain.records[0]?.encoded.length ?? 0);
    await flipByte(path, offset + 30);
    const { problems } = await scene.check();
    expect(problems[0]).toMatchObject({
      path,
      offset,
      what: expect.stringContaining('Records 2 to 5 were acknowledged and cannot be read'),
    });
  });

  test('a segment that is gone', async () => {
    await using scene = await makeScene();
    await rm(await segmentPath(scene.dataDir));
    const { problems } = await scene.check();
    expect(problems[0]?.what).toContain('Records 1 to 5 were acknowledged and cannot be read');
  });

  test('a damaged catalogue', async () => {
    await using scene = await makeScene();
    const path = join(scene.dataDir, 'catalogue.db');
    await writeFile(path, 'no database at all'.repeat(500));
    const { problems, result } = await scene.check();
    expect(problems).toMatchObject([{ path, what: 'file is not a database' }]);
    expect(result.blobs).toBe(5);
  });

  test('a row of the catalogue that is another one than was written, although everything fits together', async () => {
    await using scene = await makeScene();
    const path = join(scene.dataDir, 'catalogue.db');
    const database = openSqlite(path);
    database.exec("UPDATE entries SET modifiedAtMs = modifiedAtMs + 1 WHERE name = 'notes'");
    database.close();
    const { problems } = await scene.check();
    expect(problems).toMatchObject([{ path, what: expect.stringContaining('differs from its own digest') }]);
  });

  test('a checkpoint in the log that the catalogue does not agree with', async () => {
    await using scene = await makeScene({ unapplied: 2, withWrongCheckpoint: true });
    const { problems } = await scene.check();
    expect(problems).toMatchObject([{ path: join(scene.dataDir, 'log'), what: expect.stringContaining('differs from checkpoint 6') }]);
  });

  test('a file in which the node notes what it can do without', async () => {
    await using scene = await makeScene();
    const body = 'netstore-peers 1\n';
    const path = join(scene.dataDir, 'PEERS');
    await writeFile(path, `${body}crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`);
    expect((await scene.check()).problems).toEqual([]);
    await flipByte(path, 3);
    expect((await scene.check()).problems).toMatchObject([
      { path, what: 'Its checksum is wrong', wayOut: expect.stringContaining('begun anew') },
    ]);
  });

  test('an IDENTITY, a VOTE file, both VOTE files', async () => {
    await using scene = await makeScene();
    const at = (name: string): string => join(scene.dataDir, name);
    await flipByte(at('IDENTITY'), 30);
    await writeFile(at('VOTE.a'), Buffer.alloc(8192));
    expect((await scene.check()).problems).toMatchObject([
      { path: at('IDENTITY') },
      { path: at('VOTE.a'), what: expect.stringContaining('in the other file') },
    ]);
    await rm(at('VOTE.b'));
    await flipByte(at('IDENTITY'), 30);
    const { problems } = await scene.check();
    expect(problems.map(({ path }) => path)).toEqual([at('VOTE.a'), at('VOTE.b')]);
    expect(problems[0]?.wayOut).toContain('node replace');
  });
});

describe('a directory is refused', () => {
  test('while a node runs on it, and a node is refused while somebody looks', async () => {
    await using scene = await makeScene();
    {
      await using _running = await openDataDirectory(scene.dataDir);
      await expect(readDataDirectory(scene.dataDir)).rejects.toThrow('is in use by another process');
    }
    using _one = await readDataDirectory(scene.dataDir);
    using _other = await readDataDirectory(scene.dataDir);
    await expect(openDataDirectory(scene.dataDir)).rejects.toThrow('is in use by another process');
  });

  test('that is no node’s', async () => {
    await using dir = await makeTempDir();
    await mkdir(join(dir.path, 'node-1'));
    await expect(readDataDirectory(dir.path)).rejects.toThrow('is not the data directory of a storage node');
  });

  test('of a newer program', async () => {
    await using dir = await makeTempDir();
    await writeFile(join(dir.path, 'FORMAT'), 'netstore-storage-node 2\n');
    await expect(readDataDirectory(dir.path)).rejects.toThrow('start a newer version of NetStore');
  });
});

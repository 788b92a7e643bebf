/** `netstore fsck` and `netstore export` on what three real nodes left on their disks. */
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { netstore } from '../../support/netstore-command.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { SPACE } from '../../support/wire-client.ts';

const IDS = ['node-1', 'node-2', 'node-3'] as NodeId[];
const FILES: ReadonlyMap<string, Buffer> = new Map([
  ['large.bin', randomBytes(9_000_000)],
  ['empty', Buffer.alloc(0)],
  ['docs/Übersicht ☂ 2026.txt', Buffer.from('rain\n')],
  ['docs/deep/er/than/one/might/think', randomBytes(70_000)],
  ['docs/twice', randomBytes(100_000)],
]);

let nodes: StorageNodes;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netstore-offline-'));
  nodes = await startStorageNodes();
  await using client = nodes.client(IDS[0] as NodeId);
  await client.putFile('docs/twice', randomBytes(10));
  for (const [path, bytes] of FILES) await client.putFile(path, bytes, { blobBytes: 4_000_000 });
  await client.putFile('deleted', randomBytes(1000));
  await client.commit({ kind: 'delete', space: SPACE, path: 'deleted' as never, expected: { kind: 'any' } });
  await nodes.untilReady();
});
afterAll(async () => {
  await nodes?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const target = (name: string): string => join(folder, name);

/** A copy of a stopped node's disk that may be spoilt. */
function copyOf(id: NodeId, name: string): string {
  const path = target(name);
  cpSync(nodes.dataDir(id), path, { recursive: true });
  return path;
}

/** Every file below a folder, by its path. */
function filesBelow(path: string): Map<string, Buffer> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(path, name)).isFile());
  return new Map(names.sort().map((name) => [name, readFileSync(join(path, name))]));
}

function digestOf(path: string): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of filesBelow(path)) hash.update(name).update(bytes);
  return hash.digest('hex');
}

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

test('a directory is refused while its node runs', async () => {
  const dataDir = nodes.dataDir(IDS[1] as NodeId);
  expect(await netstore(['fsck', dataDir])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is in use by another process') });
  const exported = await netstore(['export', dataDir, target('running')]);
  expect(exported).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is in use by another process') });
  expect(readdirSync(folder)).toEqual([]);
});

describe('when the nodes are stopped', () => {
  beforeAll(async () => {
    // Two are killed: their catalogues are left with an open write-ahead log.
    await Promise.all([nodes.kill(IDS[0] as NodeId, 'SIGTERM'), nodes.kill(IDS[1] as NodeId), nodes.kill(IDS[2] as NodeId)]);
  });

  test.each(IDS)('the disk of %s alone gives every file back, byte for byte, and is not changed by it', async (id) => {
    const dataDir = nodes.dataDir(id);
    const before = digestOf(dataDir);
    expect(await netstore(['fsck', dataDir])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/Clean\.\n$/) });
    const { exitCode, stdout } = await netstore(['export', dataDir, target(id)]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Wrote 5 files');
    const exported = filesBelow(join(target(id), 'files', SPACE));
    expect([...exported.keys()]).toEqual([...FILES.keys()].sort());
    for (const [path, bytes] of FILES) expect(exported.get(path)?.equals(bytes), path).toBe(true);
    expect(digestOf(dataDir)).toBe(before);
  });

  test('an export says everything as JSON, and its manifest has paths, versions and digests', async () => {
    const { exitCode, json } = await netstore(['export', nodes.dataDir(IDS[2] as NodeId), target('json'), '--json', '--versions']);
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ exportedTo: target('json'), files: 6, lost: [], problems: [], renamed: 0 });
    const { entries } = JSON.parse(readFileSync(join(target('json'), 'manifest.json'), 'utf8'));
    const large = entries.find(({ path }: { path: string }) => path === 'large.bin');
    expect(large).toMatchObject({
      sha256: createHash('sha256')
        .update(FILES.get('large.bin') ?? '')
        .digest('hex'),
      version: expect.stringMatching(/^\w+$/),
      writtenAs: `files/${SPACE}/large.bin`,
    });
    expect(entries.filter(({ path, isCurrent }: { path: string; isCurrent: boolean }) => path === 'docs/twice' && !isCurrent)).toHaveLength(
      1,
    );
  });

  test('a folder that is not empty is refused and not touched', async () => {
    mkdirSync(target('full'));
    writeFileSync(join(target('full'), 'mine'), 'x');
    const { exitCode, stderr } = await netstore(['export', nodes.dataDir(IDS[0] as NodeId), target('full')]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is not empty (it holds mine)');
    expect(readdirSync(target('full'))).toEqual(['mine']);
  });

  test('a flipped byte in a blob is found, with file and place, and costs that file alone', async () => {
    const dataDir = copyOf(IDS[1] as NodeId, 'bad-blob');
    const blobs = readdirSync(join(dataDir, 'blobs'), { recursive: true, encoding: 'utf8' }).map((name) => join(dataDir, 'blobs', name));
    const [largest = ''] = blobs.filter((path) => statSync(path).isFile()).sort((a, b) => statSync(b).size - statSync(a).size);
    flipByte(largest, 1_000_000);
    const checked = await netstore(['fsck', dataDir, '--json']);
    expect(checked.exitCode).toBe(1);
    expect(checked.json()).toMatchObject({
      isClean: false,
      problems: [{ path: largest, offset: 15 * 65_536, what: expect.stringContaining('chunk 15') }],
    });
    const exported = await netstore(['export', dataDir, target('without-one'), '--json']);
    expect(exported.exitCode).toBe(1);
    expect(exported.json()).toMatchObject({ files: 4, lost: [{ path: 'large.bin', writtenAs: null }] });
    expect(filesBelow(join(target('without-one'), 'files', SPACE)).has('large.bin')).toBe(false);
  });

  test('a flipped byte in a log segment is found, with file and place', async () => {
    const dataDir = copyOf(IDS[0] as NodeId, 'bad-log');
    const [name = ''] = readdirSync(join(dataDir, 'log')).filter((each) => each.endsWith('.log'));
    const segment = join(dataDir, 'log', name);
    flipByte(segment, 600);
    const { exitCode, stdout } = await netstore(['fsck', dataDir]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`problem ${segment} at byte \\d+: Records \\d+ to \\d+ were acknowledged and cannot be read: checksum is`),
    );
    expect(stdout).toContain('Start the node while the two others run');
    // The catalogue has applied what the log has lost.
    expect(await netstore(['export', dataDir, target('by-catalogue')])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Wrote 5 files'),
    });
  });

  test('a directory that is no node’s is refused', async () => {
    expect(await netstore(['fsck', folder])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('not the data directory of a storage node'),
    });
  });
});

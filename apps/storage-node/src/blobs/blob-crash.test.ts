/** What a node said it holds is there, whatever happened to the process or the disk. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newBlobId, parseBlobId } from '@netstore/shared-types';
import { crcTableSha256, packCrcTable } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { EXIT_DISK_FAILED } from '../log/durability.ts';
import { mountImage, whyNoImage } from '../log/testing/disk-image.ts';
import { runChild, whyNoInjection } from '../log/testing/run-child.ts';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { DiskBlobStore } from './disk-blob-store.ts';
import { makeBlob, readBlob, stageBlob } from './testing/blob-bytes.ts';

const PROGRAM = new URL('./testing/stage-child.ts', import.meta.url);
const whyNoStrace = whyNoInjection();
const whyNoMount = await whyNoImage();

const openStore = (root: string) =>
  DiskBlobStore.open({
    dirs: { blobs: join(root, 'blobs'), staging: join(root, 'staging'), quarantine: join(root, 'quarantine') },
    reserveFraction: 0,
    reserveBytesMin: 0,
  });

/** Every blob that was said to be held reads back right, and nothing unsealed is left. Gives how many were held. */
async function expectHeld(root: string, lines: readonly string[]): Promise<number> {
  await using store = await openStore(root);
  const held = lines.map((line) => line.split(' ')).filter(([word]) => word === 'held');
  for (const [, id = '', table = ''] of held) {
    const crcs: number[] = [];
    for await (const { crc } of store.read(parseBlobId(id), 0, 128)) crcs.push(crc);
    expect(Buffer.from(crcTableSha256(packCrcTable(crcs))).toString('hex')).toBe(table);
  }
  expect((await readdir(join(root, 'staging'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  return held.length;
}

describe('a process that receives blobs', () => {
  test.for(['pwrite64', 'fdatasync', 'fsync', 'rename'])(
    'killed at any %s holds what it said it holds',
    { timeout: 60_000 },
    async (call, { skip }) => {
      skip(whyNoStrace !== undefined, whyNoStrace);
      await using dir = await makeTempDir();
      const lines: string[] = [];
      for (const when of [2, 9, 4]) {
        const result = await runChild({ program: PROGRAM, args: [dir.path, '12'], inject: `${call}:signal=SIGKILL:when=${when}` });
        lines.push(...result.lines);
        await expectHeld(dir.path, lines);
      }
      expect(lines.length).toBeGreaterThan(0);
    },
  );

  test.each(['datasync:1', 'datasync:5', 'sync:2', 'sync:4'])(
    'ends when a sync fails (%s), and holds what it said it holds',
    async (syncs) => {
      await using dir = await makeTempDir();
      const result = await runChild({ program: PROGRAM, args: [dir.path, '30'], syncs });
      expect(result.exitCode).toBe(EXIT_DISK_FAILED);
      expect(result.lines).not.toContain('done');
      await expectHeld(dir.path, result.lines);
    },
  );

  test('holds everything when nothing happens', async () => {
    await using dir = await makeTempDir();
    const result = await runChild({ program: PROGRAM, args: [dir.path, '12'] });
    expect(result.lines).toContain('done');
    expect(await expectHeld(dir.path, result.lines)).toBe(12);
  });
});

describe('a power cut', () => {
  test('takes no blob that was held', async ({ skip }) => {
    skip(whyNoMount !== undefined, whyNoMount);
    await using image = await mountImage(96);
    const root = join(image.path, 'node');
    const lines: string[] = [];
    for (const killAfterLines of [2, 10, 20]) {
      const result = await runChild({ program: PROGRAM, args: [root, '900'], killAfterLines });
      image.cutPower();
      lines.push(...result.lines);
      await expectHeld(root, lines);
    }
    expect(lines.length).toBeGreaterThan(25);
  }, 60_000);

  test('does take some when syncs do nothing, so this test would see it', async ({ skip }) => {
    skip(whyNoMount !== undefined, whyNoMount);
    await using image = await mountImage(96);
    const root = join(image.path, 'node');
    const { lines } = await runChild({ program: PROGRAM, args: [root, '900'], killAfterLines: 20, syncs: 'lying' });
    image.cutPower();
    for (const folder of ['blobs', 'staging', 'quarantine']) await mkdir(join(root, folder), { recursive: true });
    await expect(expectHeld(root, lines)).rejects.toThrow();
  }, 60_000);
});

describe('a full disk', () => {
  test('in the midst of a blob refuses it, leaves nothing of it, and goes on reading and writing what fits', async ({ skip }) => {
    skip(whyNoMount !== undefined, whyNoMount);
    await using image = await mountImage(16);
    for (const folder of ['blobs', 'staging', 'quarantine']) await mkdir(join(image.path, folder));
    await using store = await openStore(image.path);
    const held = makeBlob(1024 * 1024);
    await stageBlob(store, held);
    const { freeBytes } = await store.space();
    // Both find room when they begin; somebody else's file takes it while they write.
    const blob = makeBlob(6 * 1024 * 1024);
    await using writer = await store.stage(blob.blobId, blob.bytes.length);

    await writeFile(join(image.path, 'filler'), Buffer.alloc(freeBytes - 2 * 1024 * 1024, 1));
    const writing = (async () => {
      for (const chunk of blob.chunks) await writer.write(chunk);
      await writer.seal(blob.crcTableSha256);
    })();
    await expect(writing).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
    expect(await readdir(join(image.path, 'staging'))).toEqual([held.blobId]);
    await expect(store.stage(newBlobId(), 6 * 1024 * 1024)).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
    expect((await readBlob(store, held.blobId)).equals(held.bytes)).toBe(true);
    expect(await store.keep(held.blobId)).toBe(true);
    await rm(join(image.path, 'filler'));
    await stageBlob(store, blob);
    expect((await readBlob(store, blob.blobId)).equals(blob.bytes)).toBe(true);
  });

  test('of inodes takes no further blob while some are left for the log, and goes on reading', async ({ skip }) => {
    skip(whyNoMount !== undefined, whyNoMount);
    // The folders of blobs/ take 256 of them.
    await using image = await mountImage(16, { inodes: 400 });
    for (const folder of ['blobs', 'staging', 'quarantine']) await mkdir(join(image.path, folder));
    await using store = await openStore(image.path);
    const held = makeBlob(100);
    await stageBlob(store, held);
    const filling = (async () => {
      for (;;) await stageBlob(store, makeBlob(100));
    })();
    await expect(filling).rejects.toMatchObject({ code: 'NS_DISK_FULL', message: expect.stringContaining('inodes are free') });
    const { freeBytes, inodes } = await store.space();
    expect(freeBytes).toBeGreaterThan(1024 * 1024);
    expect(inodes).toEqual({ free: 64, reserve: 64 });
    await writeFile(join(image.path, 'segment'), 'the log begins a new one');
    await using awaited = await store.stage(newBlobId(), 100, { isAwaited: true });
    expect(awaited).toBeDefined();
    expect((await readBlob(store, held.blobId)).equals(held.bytes)).toBe(true);
  });
});

/** The log on a disk that is full, and on one whose power is cut. */
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_HASH } from './record.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { mountImage, whyNoImage } from './testing/disk-image.ts';
import { expectKept, said } from './testing/expect-kept.ts';
import { flipByte } from './testing/flip-byte.ts';
import { recordChain } from './testing/record-chain.ts';
import { runChild } from './testing/run-child.ts';

const PROGRAM = new URL('./testing/append-child.ts', import.meta.url);
const whySkipped = await whyNoImage();

/** Takes all the room but `leaveBytes`. */
async function fill(path: string, leaveBytes: number): Promise<string> {
  const { bavail, bsize } = await statfs(path);
  const file = join(path, 'filler');
  const written = writeFile(file, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes), 1));
  // The file system takes some of the room for itself.
  await written.catch((error: unknown) => expect(error).toMatchObject({ code: 'ENOSPC' }));
  return file;
}

describe('a full disk', () => {
  test('refuses what needs a new segment, leaves the log as it was, and takes it when there is room again', async ({ skip }) => {
    skip(whySkipped !== undefined, whySkipped);
    await using image = await mountImage(24);
    for (const folder of ['log', 'divergent']) await mkdir(join(image.path, folder));
    const segmentBytes = 1024 * 1024;
    const open = () =>
      ReplicatedLog.open({
        dir: join(image.path, 'log'),
        divergentDir: join(image.path, 'divergent'),
        mark: { seq: 0, hash: NO_HASH },
        segmentBytes,
      });
    let lastSeq: number;
    {
      await using log = await open();
      await log.append(recordChain(1));
      const filler = await fill(image.path, 512 * 1024);
      const large = () => recordChain(6, { after: log.last, payloadBytes: 200_000 });
      await expect(log.append(large())).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
      expect(log.last.seq).toBe(1);
      expect(await readdir(join(image.path, 'log'))).toHaveLength(1);
      // What fits into the present segment has its room already.
      await log.append(recordChain(20, { after: log.last }));
      await expect(log.append(large())).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
      await expect(log.setAside(1)).resolves.toBeUndefined();
      await log.append(recordChain(3)).catch((error: unknown) => expect(error).toMatchObject({ code: 'NS_DISK_FULL' }));
      await rm(filler);
      await log.append(large());
      lastSeq = log.last.seq;
    }
    await using log = await open();
    expect(log.tornTail).toBeUndefined();
    expect(log.last.seq).toBe(lastSeq);
  });

  test('does not keep a log with a torn tail from opening', async ({ skip }) => {
    skip(whySkipped !== undefined, whySkipped);
    await using image = await mountImage(24);
    for (const folder of ['log', 'divergent']) await mkdir(join(image.path, folder));
    const open = () =>
      ReplicatedLog.open({
        dir: join(image.path, 'log'),
        divergentDir: join(image.path, 'divergent'),
        mark: { seq: 0, hash: NO_HASH },
        segmentBytes: 1024 * 1024,
      });
    {
      await using log = await open();
      await log.append(recordChain(5, { payloadBytes: 100_000 }));
    }
    await flipByte(join(image.path, 'log', '0000000000000001.log'), 300_000);
    await fill(image.path, 0);
    await using log = await open();
    expect(log.tornTail).toMatchObject({ seq: 3, isKept: false });
    expect(log.last.seq).toBe(2);
    await log.append(recordChain(1, { after: log.last }));
  });

  test('keeps a damaged log from opening: what was acknowledged is not let go', async ({ skip }) => {
    skip(whySkipped !== undefined, whySkipped);
    await using image = await mountImage(24);
    for (const folder of ['log', 'divergent']) await mkdir(join(image.path, folder));
    const records = recordChain(5, { payloadBytes: 100_000 });
    const open = (mark = { seq: 0, hash: NO_HASH }) =>
      ReplicatedLog.open({ dir: join(image.path, 'log'), divergentDir: join(image.path, 'divergent'), mark, segmentBytes: 1024 * 1024 });
    {
      await using log = await open();
      await log.append(records);
    }
    await flipByte(join(image.path, 'log', '0000000000000001.log'), 300_000);
    const filler = await fill(image.path, 0);
    const mark = { seq: 5, hash: records[4]?.hash ?? NO_HASH };
    await expect(open(mark)).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
    await rm(filler);
    await using log = await open(mark);
    expect(log.damage).toMatchObject({ seq: 3, markSeq: 5 });
    await log.append(records.slice(2));
  });
});

describe('a power cut', () => {
  test('loses nothing that was acknowledged or promised', async ({ skip }) => {
    skip(whySkipped !== undefined, whySkipped);
    await using image = await mountImage(64);
    let kept = { acknowledgedSeq: 0, promisedEpoch: 0 };
    for (const killAfterLines of [1, 9, 30]) {
      const root = join(image.path, 'node');
      const result = await runChild({ program: PROGRAM, args: [root, '100000', '32768'], killAfterLines });
      image.cutPower();
      const now = said(result.lines);
      kept = {
        acknowledgedSeq: Math.max(kept.acknowledgedSeq, now.acknowledgedSeq),
        promisedEpoch: Math.max(kept.promisedEpoch, now.promisedEpoch),
      };
      await expectKept(root, kept);
    }
    expect(kept.acknowledgedSeq).toBeGreaterThan(30);
  }, 60_000);

  test('does lose something when syncs do nothing, so this test would see it', async ({ skip }) => {
    skip(whySkipped !== undefined, whySkipped);
    await using image = await mountImage(64);
    const root = join(image.path, 'node');
    const { lines } = await runChild({ program: PROGRAM, args: [root, '100000', '32768'], killAfterLines: 30, syncs: 'lying' });
    expect(said(lines).acknowledgedSeq).toBeGreaterThan(30);
    image.cutPower();
    await mkdir(root, { recursive: true });
    await expect(expectKept(root, said(lines))).rejects.toThrow();
  }, 60_000);
});

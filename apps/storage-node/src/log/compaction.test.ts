import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEPT_FOR_LAGGING_BYTES, KEPT_SEGMENTS, removableSegments } from './compaction-policy.ts';
import { type LogRecord, NO_HASH } from './record.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { segmentName } from './segment-header.ts';
import { atEverySync } from './testing/at-every-sync.ts';
import { flipByte } from './testing/flip-byte.ts';
import { recordChain } from './testing/record-chain.ts';
import { makeTempDir, type TempDir } from './testing/temp-dir.ts';

const records = [...recordChain(20), ...recordChain(20, { after: recordChain(20)[19] as LogRecord, epoch: 3 })];
const positionOf = (seq: number) => (seq === 0 ? { seq, hash: NO_HASH } : { seq, hash: (records[seq - 1] as LogRecord).hash });
const open = (dir: { readonly path: string }, markSeq = 0) =>
  ReplicatedLog.open({
    dir: join(dir.path, 'log'),
    divergentDir: join(dir.path, 'divergent'),
    mark: positionOf(markSeq),
    segmentBytes: 1024,
  });
const filled = async (): Promise<{ dir: TempDir; log: ReplicatedLog }> => {
  const dir = await makeTempDir('log', 'divergent');
  const log = await open(dir);
  await log.append(records);
  return { dir, log };
};
const hashes = (some: readonly LogRecord[]) => some.map(({ hash }) => hash);

describe('a log that let its beginning go', () => {
  test('begins behind it, now and when it is opened again', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    const baseSeq = log.segments[2]?.lastSeq ?? 0;
    const epochs = Array.from({ length: 41 - baseSeq }, (_, index) => log.epochAt(baseSeq + index));
    await log.compact(3);
    const expectKept = async (kept: ReplicatedLog): Promise<void> => {
      expect(kept.base).toEqual({ seq: baseSeq, hash: Buffer.from(positionOf(baseSeq).hash) });
      expect(hashes(await kept.read(baseSeq + 1, 1e6))).toEqual(hashes(records.slice(baseSeq)));
      expect(await kept.positionAt(baseSeq)).toEqual(kept.base);
      expect(await kept.positionAt(0)).toEqual(positionOf(0));
      expect(Array.from({ length: 41 - baseSeq }, (_, index) => kept.epochAt(baseSeq + index))).toEqual(epochs);
      expect(kept.last).toEqual(positionOf(40));
      const gone = { code: 'NS_LOG_COMPACTED', details: { baseSeq } };
      await expect(kept.read(baseSeq, 0)).rejects.toMatchObject(gone);
      await expect(kept.positionAt(baseSeq - 1)).rejects.toMatchObject(gone);
      expect(() => kept.epochAt(baseSeq - 1)).toThrow(expect.objectContaining(gone));
      await expect(kept.setAside(baseSeq)).rejects.toMatchObject(gone);
      await expect(kept.repair(records.slice(baseSeq - 1, baseSeq))).rejects.toMatchObject({ code: 'NS_LOG_COMPACTED' });
      expect(await kept.verify(1, 1000, new AbortController().signal)).toMatchObject({
        nextSeq: baseSeq + 1,
        records: 0,
        bad: undefined,
      });
    };
    await expectKept(log);
    await log[Symbol.asyncDispose]();
    for (const markSeq of [0, 1, baseSeq, 40]) {
      await using again = await open(dir, markSeq);
      expect(again.damage).toBeUndefined();
      await expectKept(again);
    }
    await using again = await open(dir, 40);
    await again.compact(1);
    await again.append(recordChain(3, { after: again.last, epoch: 4 }));
    expect(again.last.seq).toBe(43);
  });

  test('keeps its last segment, and may be set aside up to its base', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    {
      await using _log = log;
      await log.compact(1000);
      expect(log.segments).toHaveLength(1);
      await log.compact(1000);
      const { seq } = log.base;
      await log.setAside(seq + 1);
      expect(log.last).toEqual(log.base);
      await log.append(records.slice(seq, seq + 2));
      await log.setAside(seq + 1);
    }
    await using again = await open(dir);
    expect(again.last).toEqual(again.base);
    expect(again.lastEpoch).toBe(3);
    await again.append(records.slice(again.base.seq));
    expect(again.last).toEqual(positionOf(40));
  });

  test('gives whole answers to readers at work, or says that it begins further on', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    await using _log = log;
    const readings: Promise<LogRecord[] | unknown>[] = [];
    while (log.segments.length > 1) {
      readings.push(log.read(log.base.seq + 1, 1e6).catch((error: unknown) => error));
      const going = log.compact(1);
      readings.push(log.read(log.base.seq + 1, 1e6).catch((error: unknown) => error));
      await going;
    }
    for (const read of await Promise.all(readings)) {
      if (Array.isArray(read)) expect(read.at(-1)).toMatchObject({ seq: 40 });
      else expect(read).toMatchObject({ code: 'NS_LOG_COMPACTED' });
    }
  });

  test('is the old log or the new one after a crash at any step', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    const baseSeq = log.segments[3]?.lastSeq ?? 0;
    await using crashed = await atEverySync(dir.path, () => log.compact(4));
    await log[Symbol.asyncDispose]();
    // The files go after the last sync: any of them may still be there.
    await using half = await makeTempDir();
    await cp((crashed.copies.at(-1) as { path: string }).path, half.path, { recursive: true });
    const bases = new Set<number>();
    for (const { path } of [...crashed.copies, half]) {
      await using opened = await open({ path }, 40);
      bases.add(opened.base.seq);
      expect(opened.damage).toBeUndefined();
      expect(opened.tornTail).toBeUndefined();
      expect(hashes(await opened.read(opened.base.seq + 1, 1e6))).toEqual(hashes(records.slice(opened.base.seq)));
    }
    expect(bases).toEqual(new Set([0, baseSeq]));
  });

  test('removes at its start what a crash left of the beginning', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    await using old = await makeTempDir();
    await cp(dir.path, old.path, { recursive: true });
    await log.compact(4);
    const kept = await readdir(join(dir.path, 'log'));
    await log[Symbol.asyncDispose]();
    for (const left of [segmentName(1), (await readdir(join(old.path, 'log'))).sort()[2] ?? '']) {
      await cp(join(old.path, 'log', left), join(dir.path, 'log', left));
      await using opened = await open(dir, 40);
      expect(opened.damage).toBeUndefined();
      expect(await readdir(join(dir.path, 'log'))).toEqual(kept);
    }
  });

  test('is damaged from its first record on when nobody can tell where it begins', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    await log.compact(2);
    await log[Symbol.asyncDispose]();
    await flipByte(join(dir.path, 'log', 'BASE'), 30);
    await using opened = await open(dir, 40);
    expect(opened.damage).toMatchObject({ seq: 1, markSeq: 40, path: join(dir.path, 'log', 'BASE') });
    expect(opened.last.seq).toBe(0);
    expect(await readdir(join(dir.path, 'log'))).toEqual([]);
    expect((await readdir(join(dir.path, 'divergent'))).length).toBeGreaterThan(3);
  });

  test('refuses a file of a newer program', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const body = `netstore-log-base 2\nseq 1\nhash ${'0'.repeat(64)}\nepoch 1\n`;
    const { crc32c } = await import('@node-rs/crc32');
    await writeFile(join(dir.path, 'log', 'BASE'), `${body}crc32c ${crc32c(body).toString(16).padStart(8, '0')}\n`);
    await expect(open(dir)).rejects.toMatchObject({ code: 'NS_VERSION_UNSUPPORTED' });
  });
});

describe('what may be let go', () => {
  const SIZE = 16 * 1024 * 1024;
  const segments = Array.from({ length: 100 }, (_, index) => ({ lastSeq: (index + 1) * 100, sizeBytes: SIZE }));
  const all = { segments, durableSeq: 10_000, checkpointBeforeSeq: 10_000, acknowledgedSeq: 10_000 };

  test.each([
    ['everything but the last segments', {}, 100 - KEPT_SEGMENTS],
    ['nothing that a power cut could take from the catalogue', { durableSeq: 1050 }, 10],
    ['nothing behind the last checkpoint but one', { checkpointBeforeSeq: 999 }, 9],
    ['nothing before there are two checkpoints', { checkpointBeforeSeq: 0 }, 0],
    ['nothing that a connected member lacks, within bounds', { segments: segments.slice(0, 40), acknowledgedSeq: 500 }, 5],
    ['but what a member lacks that is too far behind', { acknowledgedSeq: 500 }, 100 - KEPT_FOR_LAGGING_BYTES / SIZE],
  ])('%s', (_, changes, count) => {
    expect(removableSegments({ ...all, ...changes })).toBe(count);
  });
});

import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type LogRecord, NO_HASH } from './record.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { SEGMENT_HEADER_BYTES, segmentName } from './segment-header.ts';
import { fileHandlePrototype } from './testing/file-handle-prototype.ts';
import { flipByte } from './testing/flip-byte.ts';
import { recordChain } from './testing/record-chain.ts';
import { makeTempDir, type TempDir } from './testing/temp-dir.ts';

const SEGMENT_BYTES = 1024;
const records = recordChain(12);
const positionOf = (seq: number) => (seq === 0 ? { seq, hash: NO_HASH } : { seq, hash: (records[seq - 1] as LogRecord).hash });
const openAt = (dir: TempDir, markSeq: number) =>
  ReplicatedLog.open({
    dir: join(dir.path, 'log'),
    divergentDir: join(dir.path, 'divergent'),
    mark: positionOf(markSeq),
    segmentBytes: SEGMENT_BYTES,
  });
const logFile = (dir: TempDir, name: string): string => join(dir.path, 'log', name);

interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** A log of twelve records in more than one segment, and where each of them stands. */
async function twelve(): Promise<{ dir: TempDir; places: Place[] }> {
  const dir = await makeTempDir('log', 'divergent');
  await using log = await openAt(dir, 0);
  await log.append(records);
  const places: Place[] = [];
  for (const file of (await readdir(join(dir.path, 'log'))).sort()) {
    const bytes = await readFile(logFile(dir, file));
    for (const { encoded } of records) {
      const offset = bytes.indexOf(encoded);
      if (offset >= 0) places.push({ file, offset, length: encoded.length });
    }
  }
  expect(places).toHaveLength(12);
  expect(new Set(places.map(({ file }) => file)).size).toBeGreaterThan(1);
  return { dir, places };
}

/** Opens what is left, expects the first `seq` records, and that the log can go on from there to the same end. */
async function expectPrefix(dir: TempDir, markSeq: number, seq: number): Promise<void> {
  {
    await using log = await openAt(dir, markSeq);
    expect(log.last).toEqual(positionOf(seq));
    expect((await log.read(1, 1e6)).map(({ hash }) => hash)).toEqual(records.slice(0, seq).map(({ hash }) => hash));
    await log.append(records.slice(seq));
  }
  await using log = await openAt(dir, 12);
  expect(log.tornTail).toBeUndefined();
  expect(log.last).toEqual(positionOf(12));
}

describe('a torn tail', () => {
  test('at any byte of the last record is cut, kept aside, and the log goes on', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const { file, offset, length } = places[11] as Place;
    const whole = await readFile(logFile(dir, file));
    for (let written = 0; written < length; written += 1) {
      await using copy = await makeTempDir();
      await cp(dir.path, copy.path, { recursive: true });
      const torn = Buffer.from(whole);
      torn.fill(0, offset + written);
      await writeFile(logFile(copy, file), torn);
      await expectPrefix(copy, 11, 11);
      const aside = await readdir(join(copy.path, 'divergent'));
      // Nothing but zeros is nothing to keep.
      expect(aside).toHaveLength(torn.subarray(offset).some((byte) => byte !== 0) ? 1 : 0);
      if (aside[0] !== undefined) {
        const kept = await readFile(join(copy.path, 'divergent', aside[0]));
        expect(torn.subarray(offset, offset + kept.length).equals(kept)).toBe(true);
        expect(torn.subarray(offset + kept.length).every((byte) => byte === 0)).toBe(true);
      }
    }
  });

  test('that lost a page in its middle is cut before it, with whole records behind it kept aside', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const { file, offset, length } = places[1] as Place;
    const torn = await readFile(logFile(dir, file));
    torn.fill(0, offset, offset + length);
    await writeFile(logFile(dir, file), torn);
    await expectPrefix(dir, 1, 1);
    const aside = (await readdir(join(dir.path, 'divergent'))).sort();
    expect(aside.filter((name) => name.includes('-torn-'))).toHaveLength(1);
    expect(aside.filter((name) => name.includes('-segment-')).length).toBeGreaterThan(0);
  });

  test('is told', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const { file, offset, length } = places[11] as Place;
    await flipByte(logFile(dir, file), offset + length - 1);
    await using log = await openAt(dir, 11);
    expect(log.tornTail).toMatchObject({ seq: 12, path: logFile(dir, file), offset, tornBytes: length, segmentsAside: 0, isKept: true });
  });

  test('with a record of an older epoch, a gap or another past is cut there', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const last = places[11] as Place;
    const stale = [
      recordChain(1, { after: positionOf(11), epoch: 0 }),
      recordChain(1, { after: { seq: 12, hash: positionOf(11).hash } }),
      recordChain(1, { after: { seq: 11, hash: NO_HASH } }),
    ].map(([record]) => record as LogRecord);
    for (const { encoded } of stale) {
      await using copy = await makeTempDir();
      await cp(dir.path, copy.path, { recursive: true });
      const bytes = await readFile(logFile(copy, last.file));
      bytes.fill(0, last.offset);
      bytes.set(encoded, last.offset);
      await writeFile(logFile(copy, last.file), bytes);
      await expectPrefix(copy, 11, 11);
    }
  });

  test('is cut where rubbish stands behind the last record', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const { file, offset, length } = places[11] as Place;
    for (const at of [offset + length, SEGMENT_BYTES - 1, SEGMENT_BYTES - 3]) {
      await flipByte(logFile(dir, file), at);
      await expectPrefix(dir, 12, 12);
    }
    expect(await readdir(join(dir.path, 'divergent'))).toHaveLength(3);
  });
});

describe('a flipped byte', () => {
  test('anywhere in a record up to the mark is damage: what stands behind it is set aside, and a peer can give it again', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    for (const seq of [2, 12]) {
      const { file, offset, length } = places[seq - 1] as Place;
      for (let at = offset; at < offset + length; at += 1) {
        await using copy = await makeTempDir();
        await cp(dir.path, copy.path, { recursive: true });
        await flipByte(logFile(copy, file), at);
        {
          await using log = await openAt(copy, 12);
          expect(log.damage).toMatchObject({ seq, markSeq: 12, path: logFile(copy, file), offset });
          expect(log.tornTail).toBeUndefined();
        }
        await expectPrefix(copy, 12, seq - 1);
      }
    }
  });

  test('deletes nothing of what was acknowledged', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const { file, offset } = places[1] as Place;
    await flipByte(logFile(dir, file), offset + 50);
    const before = await readFile(logFile(dir, file));
    {
      await using log = await openAt(dir, 12);
      expect(log.last.seq).toBe(1);
    }
    const aside = await readdir(join(dir.path, 'divergent'));
    const kept = await Promise.all(aside.map((name) => readFile(join(dir.path, 'divergent', name))));
    const torn = kept[aside.findIndex((name) => name.includes('-torn-'))] as Buffer;
    expect(before.subarray(offset, offset + torn.length).equals(torn)).toBe(true);
    expect(before.subarray(offset + torn.length).every((byte) => byte === 0)).toBe(true);
    for (const { encoded, seq } of records.slice(2)) expect(kept.filter((bytes) => bytes.includes(encoded)).map(() => seq)).toEqual([seq]);
  });

  test('in a header is damage up to the mark, and above it costs what was never acknowledged', async () => {
    for (let at = 0; at < 56; at += 1) {
      const { dir, places } = await twelve();
      await using _dir = dir;
      const second = places.find(({ file }) => file !== segmentName(1)) as Place;
      const firstSeq = places.indexOf(second) + 1;
      await flipByte(logFile(dir, second.file), at);
      await using copy = await makeTempDir();
      await cp(dir.path, copy.path, { recursive: true });
      {
        await using log = await openAt(copy, firstSeq);
        expect(log.damage).toMatchObject({ seq: firstSeq, markSeq: firstSeq, path: logFile(copy, second.file), offset: 0 });
      }
      await expectPrefix(dir, firstSeq - 1, firstSeq - 1);
    }
  });
});

describe('damage', () => {
  test('is told again at every opening until the log reaches the mark', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const { file, offset } = places[4] as Place;
    await flipByte(logFile(dir, file), offset + 20);
    for (let seq = 5; seq <= 10; seq += 1) {
      await using log = await openAt(dir, 10);
      expect(log.damage).toMatchObject({ seq, markSeq: 10 });
      expect(log.last).toEqual(positionOf(seq - 1));
      await log.append(records.slice(seq - 1, seq));
    }
    await using log = await openAt(dir, 10);
    expect(log.damage).toBeUndefined();
    expect(log.tornTail).toBeUndefined();
    expect(log.last).toEqual(positionOf(10));
  });

  test('may begin with the first record of all', async () => {
    const { dir } = await twelve();
    await using _dir = dir;
    await truncate(logFile(dir, segmentName(1)), SEGMENT_HEADER_BYTES - 1);
    await using log = await openAt(dir, 1);
    expect(log.damage).toMatchObject({ seq: 1, markSeq: 1 });
    expect(log.last.seq).toBe(0);
    expect(await readdir(join(dir.path, 'log'))).toEqual([]);
    await log.append(records);
    expect(log.last.seq).toBe(12);
  });
});

describe('what stands above the mark', () => {
  test('is written and synced once more before the log opens, and nothing up to the mark is', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const prototype = await fileHandlePrototype();
    const written: string[] = [];
    const { write, datasync } = prototype;
    const steps: string[] = [];
    const writes = vi.spyOn(prototype, 'write').mockImplementation(function (this: typeof prototype, ...args: unknown[]) {
      written.push(Buffer.from(args[0] as Uint8Array).toString('hex'));
      steps.push('write');
      return Reflect.apply(write, this, args);
    });
    const syncs = vi.spyOn(prototype, 'datasync').mockImplementation(function (this: typeof prototype) {
      steps.push('sync');
      return datasync.call(this);
    });
    const markSeq = 4;
    await using log = await openAt(dir, markSeq);
    writes.mockRestore();
    syncs.mockRestore();
    expect(log.last.seq).toBe(12);
    expect(written.join('')).toBe(
      records
        .slice(markSeq)
        .map(({ encoded }) => Buffer.from(encoded).toString('hex'))
        .join(''),
    );
    // One write and one sync for each segment that has such records.
    const segments = new Set(places.slice(markSeq).map(({ file }) => file)).size;
    expect(steps).toEqual(Array.from({ length: segments }, () => ['write', 'sync']).flat());
  });
});

describe('the mark', () => {
  test('names a record by its hash, so that another record in its place refuses the log', async () => {
    const { dir } = await twelve();
    await using _dir = dir;
    const opening = ReplicatedLog.open({
      dir: join(dir.path, 'log'),
      divergentDir: join(dir.path, 'divergent'),
      mark: { seq: 5, hash: NO_HASH },
    });
    await expect(opening).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED', details: { seq: 5, markSeq: 5 } });
  });

  test('above the end of a log that ends cleanly is damage', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    {
      await using log = await openAt(dir, 1);
      expect(log.damage).toMatchObject({ seq: 1, markSeq: 1, reason: 'the log ends before it' });
      await log.append(records.slice(0, 5));
    }
    await using log = await openAt(dir, 6);
    expect(log.damage).toMatchObject({ seq: 6, markSeq: 6, path: logFile(dir, segmentName(1)), reason: 'the log ends before it' });
    expect(await readdir(join(dir.path, 'divergent'))).toEqual([]);
  });

  test('in a segment that lost its end, or that is gone, is damage', async () => {
    const { dir, places } = await twelve();
    await using _dir = dir;
    const { file, offset } = places[11] as Place;
    const firstSeq = places.findIndex((place) => place.file === file) + 1;
    await truncate(logFile(dir, file), offset);
    {
      await using log = await openAt(dir, 12);
      expect(log.damage).toMatchObject({ seq: 12 });
    }
    await truncate(logFile(dir, file), 0);
    await expectPrefix(dir, 12, firstSeq - 1);
  });
});

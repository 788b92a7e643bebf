import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LogRecord, NO_HASH, parseRecords } from './record.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { SEGMENT_HEADER_BYTES, segmentName } from './segment-header.ts';
import { flipByte } from './testing/flip-byte.ts';
import { recordChain } from './testing/record-chain.ts';
import { makeTempDir } from './testing/temp-dir.ts';

const EMPTY = { seq: 0, hash: NO_HASH };
const SMALL_SEGMENT_BYTES = 1024;

const openLog = (root: string, mark = EMPTY as { seq: number; hash: Uint8Array }, segmentBytes = SMALL_SEGMENT_BYTES) =>
  ReplicatedLog.open({ dir: join(root, 'log'), divergentDir: join(root, 'divergent'), mark, segmentBytes });

const hexes = (records: readonly LogRecord[]): string[] => records.map(({ encoded }) => Buffer.from(encoded).toString('hex'));
const all = (log: ReplicatedLog): Promise<LogRecord[]> => log.read(1, Number.MAX_SAFE_INTEGER);
const positionOf = (record: LogRecord | undefined) => ({ seq: record?.seq ?? 0, hash: record?.hash ?? NO_HASH });

async function filled(root: string, records: readonly LogRecord[], segmentBytes = SMALL_SEGMENT_BYTES): Promise<void> {
  await using log = await openLog(root, EMPTY, segmentBytes);
  await log.append(records);
}

describe('a log', () => {
  test('is empty when it is new', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    await using log = await openLog(dir.path);
    expect(log.last).toEqual(EMPTY);
    expect(log.lastEpoch).toBe(0);
    expect(await all(log)).toEqual([]);
    expect(await log.positionAt(0)).toEqual(EMPTY);
    expect(await log.positionAt(1)).toBeUndefined();
    expect(await log.epochAt(1)).toBeUndefined();
  });

  test('gives back what was appended, before and after it is opened again, across segments', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const records = recordChain(40);
    {
      await using log = await openLog(dir.path);
      for (let at = 0; at < records.length; at += 3) await log.append(records.slice(at, at + 3));
      expect(hexes(await all(log))).toEqual(hexes(records));
      expect(log.last).toEqual(positionOf(records.at(-1)));
    }
    expect((await readdir(join(dir.path, 'log'))).length).toBeGreaterThan(3);
    await using log = await openLog(dir.path, positionOf(records.at(-1)));
    expect(log.tornTail).toBeUndefined();
    expect(hexes(await all(log))).toEqual(hexes(records));
    expect(log.last).toEqual(positionOf(records.at(-1)));
    for (const record of records) expect(await log.positionAt(record.seq)).toEqual(positionOf(record));
  });

  test('makes a segment of its own size for a record that is larger than a segment', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const small = recordChain(2);
    const large = recordChain(1, { after: positionOf(small.at(-1)), payloadBytes: 5 * SMALL_SEGMENT_BYTES });
    const records = [...small, ...large, ...recordChain(2, { after: positionOf(large.at(-1)) })];
    await filled(dir.path, records);
    await using log = await openLog(dir.path, positionOf(records.at(-1)));
    expect(hexes(await all(log))).toEqual(hexes(records));
  });

  test('fills a segment to its last byte and goes on in the next', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const record = recordChain(1, { payloadBytes: 100 });
    const segmentBytes = SEGMENT_HEADER_BYTES + 3 * (record[0]?.encoded.length ?? 0);
    const records = recordChain(7, { payloadBytes: 100 });
    await filled(dir.path, records, segmentBytes);
    expect(await readdir(join(dir.path, 'log'))).toEqual([segmentName(1), segmentName(4), segmentName(7)]);
    await using log = await openLog(dir.path, positionOf(records.at(-1)), segmentBytes);
    expect(hexes(await all(log))).toEqual(hexes(records));
  });

  test('reads whole records up to a number of bytes, but one at least', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const records = recordChain(30, { payloadBytes: 100 });
    await filled(dir.path, records);
    const each = records[0]?.encoded.length ?? 0;
    await using log = await openLog(dir.path);
    expect((await log.read(1, 0)).map(({ seq }) => seq)).toEqual([1]);
    expect((await log.read(5, 3 * each + 1)).map(({ seq }) => seq)).toEqual([5, 6, 7]);
    expect((await log.read(5, 3 * each - 1)).map(({ seq }) => seq)).toEqual([5, 6]);
    expect((await log.read(1, 13 * each)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(await log.read(31, 1000)).toEqual([]);
    await expect(log.read(0, 1000)).rejects.toMatchObject({ code: 'NS_BAD_REQUEST' });
  });

  test('knows the epoch of each record', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const first = recordChain(4, { epoch: 2 });
    const second = recordChain(3, { epoch: 5, after: positionOf(first.at(-1)) });
    await filled(dir.path, [...first, ...second]);
    await using log = await openLog(dir.path);
    expect(log.lastEpoch).toBe(5);
    expect(await Promise.all([0, 1, 4, 5, 7, 8].map((seq) => log.epochAt(seq)))).toEqual([0, 2, 2, 5, 5, undefined]);
  });

  test('takes appends of the same moment together and in order', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const records = recordChain(50);
    await using log = await openLog(dir.path);
    const order: number[] = [];
    await Promise.all(records.map((record) => log.append([record]).then(() => order.push(record.seq))));
    expect(order).toEqual(records.map(({ seq }) => seq));
    expect(hexes(await all(log))).toEqual(hexes(records));
  });

  test('refuses records that do not continue it and stays usable', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const records = recordChain(4, { epoch: 3 });
    await using log = await openLog(dir.path);
    await log.append(records.slice(0, 2));
    const last = positionOf(records[1]);
    await expect(log.append(records.slice(3))).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await expect(log.append(recordChain(1, { after: { seq: 2, hash: NO_HASH }, epoch: 3 }))).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await expect(log.append(recordChain(1, { after: last, epoch: 2 }))).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await expect(log.append(records.slice(0, 2))).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    expect(log.last).toEqual(last);
    await log.append(records.slice(2));
    expect(hexes(await all(log))).toEqual(hexes(records));
  });

  test('refuses work once it is closed, after doing what was asked before', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const records = recordChain(2);
    const log = await openLog(dir.path);
    const appended = log.append(records);
    await log[Symbol.asyncDispose]();
    await appended;
    await expect(log.append(recordChain(1, { after: positionOf(records.at(-1)) }))).rejects.toMatchObject({ code: 'NS_UNAVAILABLE' });
  });

  test('ignores a segment that a crash left without its name', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const records = recordChain(3);
    await filled(dir.path, records);
    await writeFile(join(dir.path, 'log', `${segmentName(4)}.tmp`), 'half a segment');
    await using log = await openLog(dir.path, positionOf(records.at(-1)));
    expect(log.last.seq).toBe(3);
    expect(await readdir(join(dir.path, 'log'))).toEqual([segmentName(1)]);
  });
});

describe('setting aside', () => {
  test('keeps the suffix in a file of its own and lets another one take its place', async () => {
    for (let fromSeq = 1; fromSeq <= 20; fromSeq += 1) {
      await using dir = await makeTempDir('log', 'divergent');
      const lost = recordChain(20);
      const kept = lost.slice(0, fromSeq - 1);
      const won = recordChain(12, { after: positionOf(kept.at(-1)), epoch: 2 });
      {
        await using log = await openLog(dir.path);
        await log.append(lost);
        await log.setAside(fromSeq);
        expect(log.last).toEqual(positionOf(kept.at(-1)));
        expect(hexes(await all(log))).toEqual(hexes(kept));
        await log.append(won);
      }
      const [file = ''] = await readdir(join(dir.path, 'divergent'));
      expect(file).toMatch(new RegExp(`-records-${fromSeq}-20\\.log$`));
      expect(hexes(parseRecords(await readFile(join(dir.path, 'divergent', file))))).toEqual(hexes(lost.slice(fromSeq - 1)));
      await using log = await openLog(dir.path, positionOf(won.at(-1)));
      expect(hexes(await all(log))).toEqual(hexes([...kept, ...won]));
      expect(log.lastEpoch).toBe(2);
    }
  });

  test('changes nothing when the log does not reach that far', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    await using log = await openLog(dir.path);
    await log.append(recordChain(3));
    await log.setAside(4);
    expect(log.last.seq).toBe(3);
    expect(await readdir(join(dir.path, 'divergent'))).toEqual([]);
  });

  test('does not confuse readers at work', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    await using log = await openLog(dir.path);
    let records = recordChain(30);
    await log.append(records);
    const readings: Promise<LogRecord[]>[] = [];
    for (let round = 0; round < 10; round += 1) {
      readings.push(all(log));
      const cut = log.setAside(15);
      readings.push(all(log));
      const won = recordChain(16, { after: positionOf(records[13]), epoch: round + 2 });
      const appended = log.append(won);
      readings.push(all(log));
      await Promise.all([cut, appended]);
      records = [...records.slice(0, 14), ...won];
    }
    for (const reading of await Promise.all(readings)) {
      reading.reduce((before, record) => {
        expect(Buffer.from(record.previous).equals(before)).toBe(true);
        return Buffer.from(record.hash);
      }, Buffer.from(NO_HASH));
    }
  });
});

describe('a byte that rots while the log is open', () => {
  test('is reported by the read that meets it and by no other', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const records = recordChain(3);
    await using log = await openLog(dir.path);
    await log.append(records);
    await flipByte(join(dir.path, 'log', segmentName(1)), SEGMENT_HEADER_BYTES + (records[0]?.encoded.length ?? 0) + 40);
    expect((await log.read(1, 0)).map(({ seq }) => seq)).toEqual([1]);
    await expect(log.read(2, 0)).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED', details: { seq: 2 } });
    expect((await log.read(3, 0)).map(({ seq }) => seq)).toEqual([3]);
  });
});

/** Rot in the middle of the log while it is open: found by the scrub, repaired from a peer's records. */
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LogRecord, NO_HASH } from './record.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { SEGMENT_HEADER_BYTES } from './segment-header.ts';
import { atEverySync } from './testing/at-every-sync.ts';
import { flipByte } from './testing/flip-byte.ts';
import { recordChain } from './testing/record-chain.ts';
import { makeTempDir, type TempDir } from './testing/temp-dir.ts';
import type { BadRecords } from './verify-stored.ts';

const SEGMENT_BYTES = 1024;
const records = recordChain(24);
const recordOf = (seq: number): LogRecord => records[seq - 1] as LogRecord;
const SIGNAL = new AbortController().signal;
const open = (dir: { readonly path: string }, markSeq = 0) =>
  ReplicatedLog.open({
    dir: join(dir.path, 'log'),
    divergentDir: join(dir.path, 'divergent'),
    mark: markSeq === 0 ? { seq: 0, hash: NO_HASH } : { seq: markSeq, hash: recordOf(markSeq).hash },
    segmentBytes: SEGMENT_BYTES,
  });

/** Every run of bad records, looked for in steps of `bytesMax`. */
async function scrub(log: ReplicatedLog, bytesMax = 300, { mayBeCut = false } = {}): Promise<BadRecords[]> {
  const found: BadRecords[] = [];
  for (let seq = 1; seq <= log.last.seq; ) {
    const { nextSeq, bad } = await log.verify(seq, bytesMax, SIGNAL);
    // A cut that came in between has moved the end before where it was to go on.
    if (!mayBeCut) expect(nextSeq).toBeGreaterThan(seq);
    if (bad !== undefined) found.push(bad);
    seq = nextSeq;
  }
  return found;
}

interface Place {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

async function placesOf(dir: TempDir): Promise<Place[]> {
  const places: Place[] = [];
  for (const name of (await readdir(join(dir.path, 'log'))).sort()) {
    const path = join(dir.path, 'log', name);
    const bytes = await readFile(path);
    for (const { encoded } of records) {
      const offset = bytes.indexOf(encoded);
      if (offset >= 0) places.push({ path, offset, bytes: encoded.length });
    }
  }
  return places;
}

async function filled(): Promise<{ dir: TempDir; log: ReplicatedLog; places: Place[] }> {
  const dir = await makeTempDir('log', 'divergent');
  const log = await open(dir);
  await log.append(records);
  return { dir, log, places: await placesOf(dir) };
}

const give = (fromSeq: number, toSeq: number): LogRecord[] => records.slice(fromSeq - 1, toSeq);

describe('verifying', () => {
  test('finds nothing in a sound log, whatever the steps', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    await using _log = log;
    for (const bytesMax of [0, 1, 200, 1000, 1e6]) expect(await scrub(log, bytesMax)).toEqual([]);
    expect(await log.verify(25, 1000, SIGNAL)).toEqual({ nextSeq: 25, records: 0, bytes: 0, bad: undefined });
  });

  test('finds a flipped byte anywhere in a record, a header or the zeros behind, and says where', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    await using _log = log;
    const place = places[7] as Place;
    for (let at = place.offset; at < place.offset + place.bytes; at += 1) {
      await flipByte(place.path, at);
      expect(await scrub(log)).toMatchObject([{ seq: 8, lastSeq: 8, path: place.path, offset: place.offset }]);
      await flipByte(place.path, at);
    }
    const second = places.findIndex(({ path }) => path !== places[0]?.path);
    for (let at = 0; at < SEGMENT_HEADER_BYTES - 8; at += 1) {
      await flipByte((places[second] as Place).path, at);
      expect(await scrub(log)).toMatchObject([{ seq: second + 1, lastSeq: second + 1 }]);
      await flipByte((places[second] as Place).path, at);
    }
    await flipByte((places[0] as Place).path, SEGMENT_BYTES - 1);
    expect(await scrub(log)).toMatchObject([{ seq: second, lastSeq: second }]);
    await flipByte((places[0] as Place).path, SEGMENT_BYTES - 1);
    expect(await scrub(log)).toEqual([]);
  });

  test('gives a run of bad records as one, and a later one by itself', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    await using _log = log;
    for (const seq of [2, 3, 6]) await flipByte((places[seq - 1] as Place).path, (places[seq - 1] as Place).offset + 30);
    expect((await scrub(log, 1e6)).map(({ seq, lastSeq }) => [seq, lastSeq])).toEqual([
      [2, 3],
      [6, 6],
    ]);
  });

  test('finds sound bytes in the wrong place', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    await using _log = log;
    const last = places.at(-1) as Place;
    const [other] = recordChain(1, { after: recordOf(23), epoch: 2, payloadBytes: recordOf(24).payload.length });
    const bytes = await readFile(last.path);
    bytes.set((other as LogRecord).encoded, last.offset);
    await writeFile(last.path, bytes);
    expect(await scrub(log)).toMatchObject([{ seq: 24, lastSeq: 24, reason: expect.stringContaining('another record') }]);
  });

  test('goes on beside appends and cuts without a false alarm', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    await using _log = log;
    let found: BadRecords[] = [];
    const scrubbing = (async () => {
      for (let round = 0; round < 10; round += 1) found = [...found, ...(await scrub(log, 150, { mayBeCut: true }))];
    })();
    for (let round = 0; round < 15; round += 1) {
      await log.append(recordChain(5, { after: log.last, epoch: round + 2 }));
      if (round % 3 === 2) await log.setAside(log.last.seq - 8);
    }
    await scrubbing;
    expect(found).toEqual([]);
  });

  test('ends when it is aborted', async () => {
    const { dir, log } = await filled();
    await using _dir = dir;
    await using _log = log;
    await expect(log.verify(1, 100, AbortSignal.abort())).rejects.toThrow();
    expect((await log.verify(1, 1, SIGNAL)).nextSeq).toBe(2);
  });
});

describe('a repair', () => {
  test('of any record puts its bytes back, and keeps the bad file aside', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    await using _log = log;
    const before = await Promise.all(places.map(({ path }) => readFile(path)));
    for (const [index, { path, offset }] of places.entries()) {
      await flipByte(path, offset + 40);
      await log.repair(give(index + 1, index + 1));
      expect(await scrub(log)).toEqual([]);
      expect((await readFile(path)).equals(before[index] as Buffer)).toBe(true);
    }
    expect(await readdir(join(dir.path, 'divergent'))).toHaveLength(24);
    await log.append(recordChain(3, { after: log.last }));
    expect((await log.read(1, 1e6)).map(({ seq }) => seq)).toEqual(Array.from({ length: 27 }, (_, index) => index + 1));
  });

  test('mends headers, zeros and runs that reach over segments, and the log opens sound', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    const second = places.findIndex(({ path }) => path !== places[0]?.path) + 1;
    await flipByte((places[second - 1] as Place).path, 20);
    await log.repair(give(second, second));
    await flipByte((places[0] as Place).path, SEGMENT_BYTES - 1);
    await log.repair(give(second - 1, second - 1));
    for (const seq of [second - 1, second]) await flipByte((places[seq - 1] as Place).path, (places[seq - 1] as Place).offset + 9);
    await log.repair(give(second - 2, second + 1));
    await truncate((places[0] as Place).path, 100);
    await log.repair(give(1, second - 1));
    expect(await scrub(log)).toEqual([]);
    await log[Symbol.asyncDispose]();
    await using again = await open(dir, 24);
    expect(again.damage).toBeUndefined();
    expect((await again.read(1, 1e6)).map(({ hash }) => hash)).toEqual(records.map(({ hash }) => hash));
  });

  test('refuses what does not fit the chain, and changes nothing', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    await using _log = log;
    const { path, offset } = places[4] as Place;
    await flipByte(path, offset + 40);
    const before = await readFile(path);
    await expect(log.repair(recordChain(1, { after: recordOf(4), epoch: 2 }))).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await expect(log.repair([...give(5, 5), ...give(7, 7)])).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await expect(log.repair([...give(24, 24), ...recordChain(1, { after: recordOf(24) })])).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    await expect(log.repair(recordChain(2, { after: { seq: 30, hash: NO_HASH } }))).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    expect((await readFile(path)).equals(before)).toBe(true);
    expect(await readdir(join(dir.path, 'divergent'))).toEqual([]);
    await log.repair([]);
  });

  test('names the other record that would have to be given as well', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    await using _log = log;
    for (const seq of [5, 6]) await flipByte((places[seq - 1] as Place).path, (places[seq - 1] as Place).offset + 40);
    await expect(log.repair(give(5, 5))).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED', details: { seq: 6 } });
    await expect(log.repair(give(6, 6))).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED', details: { seq: 5 } });
    await log.repair(give(5, 6));
    expect(await scrub(log)).toEqual([]);
  });

  test('that a crash interrupts leaves the old file or the new one', async () => {
    const { dir, log, places } = await filled();
    await using _dir = dir;
    await flipByte((places[4] as Place).path, (places[4] as Place).offset + 40);
    await using crashed = await atEverySync(dir.path, () => log.repair(give(5, 5)));
    await log[Symbol.asyncDispose]();
    expect(crashed.copies.length).toBeGreaterThan(5);
    let damaged = 0;
    for (const { path } of crashed.copies) {
      await using opened = await open({ path }, 24);
      damaged += opened.damage === undefined ? 0 : 1;
      expect(opened.last.seq).toBe(opened.damage === undefined ? 24 : 4);
    }
    expect(damaged).toBeGreaterThan(0);
    expect(damaged).toBeLessThan(crashed.copies.length);
  });
});

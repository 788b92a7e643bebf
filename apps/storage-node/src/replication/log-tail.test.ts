import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_HASH } from '../log/record.ts';
import { ReplicatedLog } from '../log/replicated-log.ts';
import { recordChain } from '../log/testing/record-chain.ts';
import { makeTempDir, type TempDir } from '../log/testing/temp-dir.ts';
import { LogTail } from './log-tail.ts';

let dir: TempDir;
let log: ReplicatedLog;
let tail: LogTail;
beforeEach(async () => {
  dir = await makeTempDir('log', 'divergent');
  log = await ReplicatedLog.open({ dir: `${dir.path}/log`, divergentDir: `${dir.path}/divergent`, mark: { seq: 0, hash: NO_HASH } });
  tail = new LogTail(log);
});
afterEach(async () => {
  await log[Symbol.asyncDispose]();
  await dir[Symbol.asyncDispose]();
});

const seqs = (records: readonly { readonly seq: number }[]): number[] => records.map(({ seq }) => seq);

describe('the end of the log in memory', () => {
  test('shows records before they are durable, and says which are', async () => {
    const records = recordChain(3);
    tail.push(records);
    expect([tail.last.seq, tail.durableSeq]).toEqual([3, 0]);
    expect(seqs(await tail.read(2, 1_000_000))).toEqual([2, 3]);
    await log.append(records);
    expect(tail.durableSeq).toBe(3);
  });

  test('leaves old durable records to the disk and gives them all the same', async () => {
    const large = { payloadBytes: 3 * 1024 * 1024 };
    const records = recordChain(4, large);
    for (const record of records) {
      tail.push([record]);
      await log.append([record]);
    }
    tail.push(recordChain(1, { after: records[3] as (typeof records)[0] }));
    expect(seqs(await tail.read(1, 1))).toEqual([1]);
    expect(seqs(await tail.read(4, 100_000_000))).toEqual([4, 5]);
    for (const record of records) expect(await tail.positionAt(record.seq)).toMatchObject({ hash: record.hash });
    expect(await tail.positionAt(6)).toBeUndefined();
  });

  test('forgets what was moved aside or could not be written, and goes on from there', async () => {
    const records = recordChain(5);
    tail.push(records);
    tail.truncate(3);
    expect(tail.last.seq).toBe(2);
    expect(await tail.positionAt(3)).toBeUndefined();
    tail.push(recordChain(1, { after: records[1] as (typeof records)[0], epoch: 2 }));
    expect((await tail.read(3, 1_000))[0]?.epoch).toBe(2);
  });

  test('keeps what became durable of records that could not all be written', async () => {
    const records = recordChain(5);
    tail.push(records.slice(0, 3));
    tail.push(records.slice(3));
    await log.append(records.slice(0, 2));
    tail.forgetUnwritten(records.slice(3));
    expect(tail.last.seq).toBe(3);
    tail.forgetUnwritten(records.slice(0, 3));
    expect([tail.last.seq, tail.durableSeq]).toEqual([2, 2]);
    tail.push(records.slice(2));
    expect(seqs(await tail.read(1, 1_000_000))).toEqual([1, 2, 3, 4, 5]);
  });

  test('refuses records that leave a gap or continue another history: every answer would be about the wrong record', () => {
    const records = recordChain(3);
    tail.push(records.slice(0, 1));
    expect(() => tail.push(records.slice(2))).toThrow(expect.objectContaining({ code: 'NS_CONFLICT' }));
    const other = recordChain(2, { payloadBytes: 7 });
    expect(() => tail.push(other.slice(1))).toThrow(expect.objectContaining({ code: 'NS_CONFLICT' }));
    expect(tail.last.seq).toBe(1);
  });
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LogRecord, NO_HASH, sealRecord } from '../log/record.ts';
import { ReplicatedLog } from '../log/replicated-log.ts';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { LogIntake, requireChain } from './log-intake.ts';
import { LogTail } from './log-tail.ts';

const START = { seq: 0, hash: NO_HASH };
const atRest = async (): Promise<void> => undefined;

let stack: AsyncDisposableStack;
let log: ReplicatedLog;
let tail: LogTail;
let marks: number[];
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const dir = stack.use(await makeTempDir('log', 'divergent'));
  log = stack.use(await ReplicatedLog.open({ dir: `${dir.path}/log`, divergentDir: `${dir.path}/divergent`, mark: START }));
  tail = new LogTail(log);
  marks = [];
});
afterEach(() => stack.disposeAsync());

function chain(epochs: readonly number[], after: readonly LogRecord[] = []): LogRecord[] {
  const records = [...after];
  for (const epoch of epochs) {
    const previous = records.at(-1) ?? START;
    const payload = Buffer.from(`${epoch}`);
    records.push(sealRecord({ seq: previous.seq + 1, epoch, timeMs: 0, previous: previous.hash, type: 'operation', payload }));
  }
  return records;
}

async function hold(records: readonly LogRecord[]): Promise<void> {
  tail.push(records);
  await log.append(records);
}

const intake = (commitSeq: number): LogIntake =>
  new LogIntake({ tail, log, commitSeq: () => commitSeq, lowerMark: async ({ seq }) => void marks.push(seq) });

const seqs = (records: readonly LogRecord[]): number[] => records.map(({ seq }) => seq);

describe('records of another log', () => {
  test('that are here already are passed over', async () => {
    const shared = chain([1, 1, 1]);
    await hold(shared);
    const fresh = await intake(0).accept(START, chain([1], shared), atRest);
    expect(seqs(fresh)).toEqual([4]);
    expect(log.last.seq).toBe(3);
  });

  test('take the place of own ones from the first that differs on, the mark first', async () => {
    const shared = chain([1, 1]);
    await hold(chain([2, 2], shared));
    const other = chain([3], shared);
    const fresh = await intake(2).accept(START, other, atRest);
    expect([seqs(fresh), log.last.seq, tail.last.seq, marks]).toEqual([[3], 2, 2, [2]]);
  });

  test('never take the place of what is committed', async () => {
    const shared = chain([1, 1]);
    await hold(chain([2, 2], shared));
    await expect(intake(3).accept(START, chain([3], shared), atRest)).rejects.toMatchObject({ code: 'NS_LOG_DAMAGED' });
    expect([log.last.seq, marks]).toEqual([4, []]);
  });

  test('that do not connect are refused, and nothing is changed', async () => {
    await hold(chain([1, 1]));
    const far = chain([1, 1, 1, 1, 1]);
    await expect(intake(0).accept(far[3] as LogRecord, far.slice(4), atRest)).rejects.toMatchObject({ code: 'NS_CONFLICT' });
    expect(log.last.seq).toBe(2);
  });

  test('wait for what is being written before anything is cut', async () => {
    const shared = chain([1]);
    await hold(chain([2], shared));
    const order: string[] = [];
    const subject = new LogIntake({ tail, log, commitSeq: () => 1, lowerMark: async () => void order.push('mark') });
    await subject.accept(START, chain([3], shared), async () => order.push('settled'));
    expect(order).toEqual(['settled', 'mark']);
  });
});

describe('a run of records', () => {
  test('has to be one chain, of no later epoch than allowed', () => {
    const records = chain([1, 2, 2]);
    requireChain(START, records, 2);
    expect(() => requireChain(START, records, 1)).toThrow(expect.objectContaining({ code: 'NS_FRAME_MALFORMED' }));
    expect(() => requireChain(START, [records[0], records[2]] as LogRecord[], 2)).toThrow('does not continue record 1');
  });
});

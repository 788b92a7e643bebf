/** Crashes of the log and the votes at every step; what survives a process, and what survives a disk that fails. */
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { VoteStore } from '../membership/vote.ts';
import { EXIT_DISK_FAILED } from './durability.ts';
import { NO_HASH } from './record.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { atEverySync, type CrashCopies } from './testing/at-every-sync.ts';
import { expectKept, said } from './testing/expect-kept.ts';
import { fileHandlePrototype } from './testing/file-handle-prototype.ts';
import { flipByte } from './testing/flip-byte.ts';
import { recordChain } from './testing/record-chain.ts';
import { runChild, whyNoInjection } from './testing/run-child.ts';
import { makeTempDir } from './testing/temp-dir.ts';

const PROGRAM = new URL('./testing/append-child.ts', import.meta.url);
const EMPTY = { seq: 0, hash: NO_HASH };
const whySkipped = whyNoInjection();

/** Work on an empty directory, and every state of it that a crash at a sync could leave. */
async function crashes(work: (root: string, say: (seq: number) => void) => Promise<void>): Promise<CrashCopies> {
  await using live = await makeTempDir('log', 'divergent');
  return await atEverySync(live.path, (say) => work(live.path, say));
}

const openLog = (root: string, mark = EMPTY as { seq: number; hash: Uint8Array }) =>
  ReplicatedLog.open({ dir: join(root, 'log'), divergentDir: join(root, 'divergent'), mark, segmentBytes: 1024 });

describe('a crash before or after any sync', () => {
  test('of appends and acknowledgements loses nothing that was acknowledged', async () => {
    await using taken = await crashes(async (root, say) => {
      await using votes = await VoteStore.open(root);
      await using log = await openLog(root, votes.current.acknowledged);
      while (log.last.seq < 20) {
        await log.append(recordChain(4, { after: log.last }));
        await votes.acknowledge(log.last);
        say(log.last.seq);
      }
    });
    expect(taken.copies.length).toBeGreaterThan(40);
    for (const { path, saidSeq } of taken.copies) await expectKept(path, { acknowledgedSeq: saidSeq, promisedEpoch: 0 });
  });

  test('of setting aside leaves the old log, the new one, or one between them, and what left it is in divergent', async () => {
    const records = recordChain(25);
    await using taken = await crashes(async (root) => {
      await using log = await openLog(root);
      await log.append(records);
      await log.setAside(6);
      await log.append(recordChain(5, { after: log.last, epoch: 2 }));
    });
    for (const { path } of taken.copies) {
      await using log = await openLog(path);
      const found = await log.read(1, 1e6);
      const isOld = found.every(({ epoch }) => epoch === 1);
      if (isOld) expect(found.map(({ hash }) => hash)).toEqual(records.slice(0, found.length).map(({ hash }) => hash));
      else expect(found.slice(0, 5).map(({ hash }) => hash)).toEqual(records.slice(0, 5).map(({ hash }) => hash));
      await log.append(recordChain(2, { after: log.last, epoch: 3 }));
    }
  });

  test('of a recovery can be recovered from in turn', async () => {
    const records = recordChain(12);
    await using taken = await crashes(async (root) => {
      {
        await using log = await openLog(root);
        await log.append(records);
      }
      // Above the mark: a record in the middle is gone, whole ones stand behind it, and segments behind those.
      await flipByte(join(root, 'log', '0000000000000001.log'), 64 + (records[0]?.encoded.length ?? 0) + 50);
      await using log = await openLog(root, { seq: 1, hash: records[0]?.hash ?? NO_HASH });
      expect(log.last.seq).toBe(1);
    });
    for (const { path } of taken.copies.slice(-12)) {
      await using log = await openLog(path, { seq: 1, hash: records[0]?.hash ?? NO_HASH });
      expect([1, 12]).toContain(log.last.seq);
      await log.append(recordChain(1, { after: log.last }));
    }
  });

  test('of setting damage aside leaves damage to be told again, until the records are there again', async () => {
    const records = recordChain(12);
    const mark = { seq: 12, hash: records[11]?.hash ?? NO_HASH };
    await using taken = await crashes(async (root) => {
      {
        await using log = await openLog(root);
        await log.append(records);
      }
      await flipByte(join(root, 'log', '0000000000000001.log'), 64 + (records[0]?.encoded.length ?? 0) + 50);
      await using log = await openLog(root, mark);
      await log.append(records.slice(1));
    });
    let damagedCount = 0;
    for (const { path } of taken.copies) {
      await using log = await openLog(path, mark);
      damagedCount += log.damage === undefined ? 0 : 1;
      expect(log.damage?.seq).toBe(log.last.seq === 12 ? undefined : log.last.seq + 1);
      await log.append(records.slice(log.last.seq));
      expect((await log.read(1, 1e6)).map(({ hash }) => hash)).toEqual(records.map(({ hash }) => hash));
    }
    expect(damagedCount).toBeGreaterThan(4);
  });
});

describe('a sync that fails', () => {
  test.each([
    ['datasync', [1, 3, 5, 6, 13]],
    ['sync', [1, 3]],
  ] as const)(
    'ends the process at any %s with its own exit code, and nothing that was said is lost',
    async (method, fails) => {
      for (const failing of fails) {
        await using dir = await makeTempDir();
        const result = await runChild({ program: PROGRAM, args: [dir.path, '90'], syncs: `${method}:${failing}` });
        expect(result.exitCode).toBe(EXIT_DISK_FAILED);
        expect(result.errors).toContain('EIO');
        expect(result.lines).not.toContain('done');
        await expectKept(dir.path, said(result.lines));
      }
    },
    60_000,
  );

  test('does not happen to a process whose syncs do not fail', async () => {
    await using dir = await makeTempDir();
    const result = await runChild({ program: PROGRAM, args: [dir.path, '30'], syncs: 'datasync:0' });
    expect(result).toMatchObject({ exitCode: 0, errors: '' });
    expect(said(result.lines).acknowledgedSeq).toBe(30);
    expect(await expectKept(dir.path, said(result.lines))).toBe(30);
  });

  test('lets no append through that was waiting behind it', async () => {
    await using dir = await makeTempDir('log', 'divergent');
    const prototype = await fileHandlePrototype();
    const onFatal = vi.fn();
    const log = await ReplicatedLog.open({ dir: join(dir.path, 'log'), divergentDir: join(dir.path, 'divergent'), mark: EMPTY, onFatal });
    // What never settles keeps its files open, and Node ends a process that leaves open files to the garbage collector.
    process.once('exit', () => void log);
    await log.append(recordChain(1));
    vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(Object.assign(new Error('EIO'), { code: 'EIO' }));
    const settled = vi.fn();
    const [second, third] = recordChain(2, { after: log.last });
    if (second === undefined || third === undefined) throw new Error('no records');
    log.append([second]).then(settled, settled);
    await vi.waitFor(() => expect(onFatal).toHaveBeenCalledTimes(1));
    log.append([third]).then(settled, settled);
    log.setAside(1).then(settled, settled);
    await log[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(settled).not.toHaveBeenCalled();
    expect(log.last.seq).toBe(1);
    vi.restoreAllMocks();
  });

  test('of the operating system does the same', async ({ skip }) => {
    skip(whySkipped !== undefined, whySkipped);
    for (const failing of [3, 11]) {
      await using dir = await makeTempDir();
      const result = await runChild({ program: PROGRAM, args: [dir.path, '60'], inject: `fdatasync:error=EIO:when=${failing}` });
      expect(result.exitCode).toBe(EXIT_DISK_FAILED);
      expect(result.errors).toContain('EIO');
      expect(result.lines).not.toContain('done');
      await expectKept(dir.path, said(result.lines));
    }
  }, 60_000);
});

describe('a process that is killed', () => {
  test.for(['pwrite64', 'fdatasync', 'fsync', 'rename'])(
    'at any %s loses nothing that it acknowledged or promised',
    { timeout: 60_000 },
    async (call, { skip }) => {
      skip(whySkipped !== undefined, whySkipped);
      await using dir = await makeTempDir();
      let promisedEpoch = 0;
      let acknowledgedSeq = 0;
      let isDone = false;
      // Each run goes on with what the one before left, so that recoveries are killed as well.
      for (const when of [1, 5, 2, 13, 4]) {
        const result = await runChild({ program: PROGRAM, args: [dir.path, '90'], inject: `${call}:signal=SIGKILL:when=${when}` });
        isDone = result.lines.includes('done');
        ({ promisedEpoch, acknowledgedSeq } = {
          promisedEpoch: Math.max(promisedEpoch, said(result.lines).promisedEpoch),
          acknowledgedSeq: Math.max(acknowledgedSeq, said(result.lines).acknowledgedSeq),
        });
        if (promisedEpoch + acknowledgedSeq > 0) await expectKept(dir.path, { promisedEpoch, acknowledgedSeq });
        if (isDone) break;
      }
      expect(acknowledgedSeq).toBeGreaterThan(0);
    },
  );

  test('in the midst of its work, again and again, loses nothing either', async () => {
    await using dir = await makeTempDir();
    let acknowledgedSeq = 0;
    let promisedEpoch = 0;
    for (const killAfterLines of [1, 23, 7]) {
      const result = await runChild({ program: PROGRAM, args: [dir.path, '100000', '16384'], killAfterLines });
      expect(result.signal).toBe('SIGKILL');
      acknowledgedSeq = Math.max(acknowledgedSeq, said(result.lines).acknowledgedSeq);
      promisedEpoch = Math.max(promisedEpoch, said(result.lines).promisedEpoch);
      await expectKept(dir.path, { acknowledgedSeq, promisedEpoch });
    }
    expect(acknowledgedSeq).toBeGreaterThan(20);
  }, 60_000);
});

import type { Entry } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { ApiProblem, unreachable } from '../api/api-problem.ts';
import type { Upload } from './upload.ts';
import type { SendOptions, UploadPorts } from './upload-ports.ts';
import { PARALLEL_MAX, UploadQueue } from './upload-queue.ts';

interface Attempt {
  readonly upload: Upload;
  readonly options: SendOptions;
  readonly store: (durable?: number) => Promise<void>;
  readonly refuse: (problem: ApiProblem) => Promise<void>;
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
const problem = (status: number, code: ApiProblem['code'] = 'NS_CONFLICT'): ApiProblem =>
  new ApiProblem(`answer ${status}`, { code, status, requestId: 'r' });
const taken = (): ApiProblem => problem(412, 'NS_PRECONDITION_FAILED');

/** A queue whose attempts the test answers by hand. Waits end at once and are written down. */
function bench() {
  const attempts: Attempt[] = [];
  const waits: number[] = [];
  const storedPaths: string[] = [];
  let keys = 0;
  let signIn = Promise.resolve();
  const ports: UploadPorts = {
    send: (upload, options) => {
      const { promise, resolve, reject } = Promise.withResolvers<Entry>();
      options.signal.addEventListener('abort', () => reject(unreachable()));
      attempts.push({
        upload,
        options,
        store: async (durable = 2) => {
          resolve({
            kind: 'file',
            name: upload.path,
            path: upload.path,
            sizeBytes: upload.file.size,
            contentType: null,
            modifiedAt: '',
            version: 'v',
            sha256: '',
            replicas: { durable, total: 3 },
          });
          await settle();
        },
        refuse: async (refusal) => {
          reject(refusal);
          await settle();
        },
      });
      return promise;
    },
    newKey: () => {
      keys += 1;
      return `key-${keys}`;
    },
    wait: async (delayMs) => void waits.push(delayMs),
    signedIn: () => signIn,
    soon: (task) => task(),
    onStored: (upload) => void storedPaths.push(upload.path),
  };
  const queue = new UploadQueue(ports);
  const add = (...paths: string[]): number => {
    const batch = queue.openBatch();
    queue.add(
      batch,
      'home',
      paths.map((path) => ({ path, file: new File(['12345'], path) })),
    );
    return batch;
  };
  const stages = (): string[] => queue.list().map((upload) => upload.stage.kind);
  const last = (): Attempt => attempts.at(-1) as Attempt;
  const holdSignIn = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    signIn = promise;
    return resolve;
  };
  return { queue, attempts, waits, storedPaths, add, stages, last, holdSignIn };
}

describe('the queue of uploads', () => {
  test('works on a few at once and takes the next when one is done', async () => {
    const { queue, attempts, add } = bench();
    add('a', 'b', 'c', 'd', 'e', 'f');
    expect(attempts).toHaveLength(PARALLEL_MAX);
    await attempts[1]?.store();
    expect(attempts.map((attempt) => attempt.upload.path)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(queue.totals).toMatchObject({ count: 6, unfinished: 5, stored: 1, complete: 0, bytes: 30, sentBytes: 5 });
  });

  test('keeps its totals equal to a fresh count through every kind of ending', async () => {
    const { queue, attempts, add } = bench();
    add('a', 'b', 'c', 'd');
    attempts[0]?.options.onProgress(3);
    expect(queue.totals.sentBytes).toBe(3);
    await attempts[0]?.store();
    await attempts[1]?.refuse(problem(400));
    queue.cancel(3);
    await settle();
    await attempts[3]?.refuse(taken());
    expect(queue.totals).toEqual({ count: 4, unfinished: 1, clashes: 1, failed: 1, stored: 1, complete: 0, bytes: 10, sentBytes: 5 });
    queue.noteReplicas(1, { durable: 3, total: 3 });
    queue.choose(4, 'skip', false);
    expect(queue.totals).toMatchObject({ unfinished: 0, clashes: 0, complete: 1 });
    queue.clearFinished();
    expect(queue.totals.count).toBe(0);
  });

  test('tries again with the same key while the server is away, without end and without taking the next file', async () => {
    const { attempts, add, waits, last, stages } = bench();
    add('a', 'b', 'c', 'd', 'e');
    for (let round = 0; round < 20; round += 1) await last().refuse(unreachable());
    expect(new Set(attempts.filter(({ upload }) => upload.path === 'd').map(({ upload }) => upload.key)).size).toBe(1);
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
    await last().store();
    expect(stages()).toEqual(['sending', 'sending', 'sending', 'stored', 'sending']);
  });

  test('gives up on an answer that keeps coming, says that the outcome is unknown, and retries with the same key', async () => {
    const { queue, attempts, add, last } = bench();
    add('a');
    for (let round = 0; round < 6; round += 1) await last().refuse(problem(503, 'NS_NO_QUORUM'));
    expect(queue.list()[0]?.stage).toMatchObject({ kind: 'failed', failure: { isOutcomeUnknown: true, canRetry: true, requestId: 'r' } });
    queue.retry(1);
    expect(last().upload.key).toBe(attempts[0]?.upload.key);
  });

  test('retries what was certainly refused under a new key', async () => {
    const { queue, attempts, add, last } = bench();
    add('a');
    await last().refuse(problem(409));
    queue.retryFailed();
    expect(attempts).toHaveLength(2);
    expect(last().upload.key).not.toBe(attempts[0]?.upload.key);
  });

  test('waits for a sign-in and goes on with the same key', async () => {
    const { attempts, add, last, stages, holdSignIn } = bench();
    const signIn = holdSignIn();
    add('a');
    await last().refuse(problem(401, 'NS_UNAUTHENTICATED'));
    expect([stages(), attempts.length]).toEqual([['retrying'], 1]);
    signIn();
    await settle();
    expect([stages(), attempts.length]).toEqual([['sending'], 2]);
  });

  test('cancels what is being sent and frees its place', async () => {
    const { queue, attempts, add, stages } = bench();
    add('a', 'b', 'c', 'd', 'e');
    queue.cancel(2);
    await settle();
    expect(attempts[1]?.options.signal.aborted).toBe(true);
    expect(stages()).toEqual(['sending', 'cancelled', 'sending', 'sending', 'sending']);
  });

  test('runs a file that is retried while its cancelled attempt is still ending', async () => {
    const { queue, attempts, add, stages } = bench();
    add('a');
    queue.cancel(1);
    queue.retry(1);
    await settle();
    expect([stages(), attempts.length]).toEqual([['sending'], 2]);
  });

  test('applies one choice to the clashes of the batch, present and future, and not to other batches', async () => {
    const { queue, attempts, add, stages, last } = bench();
    add('a', 'b');
    add('x');
    await attempts[0]?.refuse(taken());
    await attempts[2]?.refuse(taken());
    queue.choose(1, 'replace', true);
    expect(last().upload).toMatchObject({ path: 'a', clashRule: 'replace' });
    await attempts[1]?.refuse(taken());
    expect(last().upload).toMatchObject({ path: 'b', clashRule: 'replace' });
    expect(stages()).toEqual(['sending', 'sending', 'clash']);
  });

  test('keeps both by trying names until one is free, each under its own key', async () => {
    const { queue, attempts, add, last, storedPaths } = bench();
    add('docs/a.txt');
    await last().refuse(taken());
    queue.choose(1, 'keep-both', false);
    await last().refuse(taken());
    expect(attempts.map(({ upload }) => upload.path)).toEqual(['docs/a.txt', 'docs/a (2).txt', 'docs/a (3).txt']);
    expect(new Set(attempts.map(({ upload }) => upload.key)).size).toBe(3);
    await last().store();
    expect(storedPaths).toEqual(['docs/a (3).txt']);
  });

  test('forgets everything when it is cleared', async () => {
    const { queue, attempts, add } = bench();
    add('a', 'b', 'c', 'd', 'e');
    queue.clear();
    await settle();
    expect([queue.totals.count, attempts.length]).toEqual([0, 4]);
  });

  test('takes ten thousand files in well under a second', () => {
    const { queue, add } = bench();
    const startedMs = performance.now();
    add(...Array.from({ length: 10_000 }, (_, index) => `f${index}`));
    expect(queue.totals.count).toBe(10_000);
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });
});

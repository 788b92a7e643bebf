import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Entry, NetStoreError, type Problem } from '@netstore/shared-types';
import type { Incoming } from '@netstore/wire-protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayBench } from '../testing/gateway-bench.ts';

const FILES = '/api/v1/spaces/home-alice/files';
const ENTRIES = '/api/v1/spaces/home-alice/entries';
const MIB = 1024 * 1024;
/** Of the fakes; real nodes need up to 5 s. */
const TAKE_OVER_MS = 1_500;
const PAUSE_MS_MAX = 8_000;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let bench: GatewayBench;
beforeAll(async () => {
  bench = await GatewayBench.start();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await bench.startStopped();
  bench.resetNodes();
  // What the gateway learned of the epoch before belongs to the test before.
  expect((await put(`begin-${bench.roles.epoch}`, 'x')).status).toBe(201);
});

const put = (path: string, body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> =>
  bench.fetch(`${FILES}/${path}`, { method: 'PUT', body, headers });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as Problem).code;

/** Freezes or kills node 1 when it gets the `count`-th message of this name; node 2 takes over a while later. Returns what wakes it. */
function failAt(name: Incoming['name'], how: 'killed' | 'frozen', count = 1): () => Promise<void> {
  const node = bench.node(0);
  let left = count;
  let comeBack: () => Promise<void> | void = () => undefined;
  node.before = async (message, connection) => {
    if (message.name !== name || --left !== 0) return;
    setTimeout(() => bench.takeOver(1), TAKE_OVER_MS);
    if (how === 'frozen') {
      comeBack = bench.freeze(0);
      await node.frozen;
      return;
    }
    connection.destroy(new NetStoreError('NS_CONNECTION_LOST', 'test'));
    const stopped = bench.stopNode(0);
    comeBack = () => stopped;
  };
  return async () => comeBack();
}

async function timed<Answer>(work: Promise<Answer>): Promise<{ readonly answer: Answer; readonly tookMs: number }> {
  const startedAtMs = performance.now();
  return { answer: await work, tookMs: performance.now() - startedAtMs };
}

describe('an upload whose primary fails', () => {
  test.each(['killed', 'frozen'] as const)('in mid-blob, %s: goes on with the next one', async (how) => {
    const body = randomBytes(20 * MIB);
    const wake = failAt('PUT_BLOB', how, 2);
    const { answer, tookMs } = await timed(put(`blob-${how}`, body));
    expect(answer.status).toBe(201);
    expect(tookMs).toBeLessThan(PAUSE_MS_MAX);
    await wake();
    expect(sha256(await (await bench.fetch(`${FILES}/blob-${how}`)).bytes())).toBe(sha256(body));
  });

  test.each(['killed', 'frozen'] as const)('before the commit, %s: is committed once', async (how) => {
    const before = bench.tree.seq;
    const wake = failAt('COMMIT', how);
    const { answer, tookMs } = await timed(put(`commit-${how}`, 'content'));
    expect(answer.status).toBe(201);
    expect(tookMs).toBeLessThan(PAUSE_MS_MAX);
    expect(bench.tree.seq).toBe(before + 1);
    await wake();
  });

  test('after the commit and before the answer: gets the one true answer from the next primary', async () => {
    const before = bench.tree.seq;
    let wake: () => void = () => undefined;
    bench.node(0).beforeAnswer = () => {
      wake = bench.freeze(0);
      setTimeout(() => bench.takeOver(1), TAKE_OVER_MS);
    };
    const answer = await put('answer-lost', 'content');
    expect(answer.status).toBe(201);
    expect(bench.tree.seq).toBe(before + 1);
    wake();
    const { versions } = (await (await bench.fetch(`${ENTRIES}/answer-lost`)).json()) as { versions: unknown[] };
    expect(versions).toHaveLength(1);
  });

  test('is one of thirty, and all succeed', async () => {
    const bodies = Array.from({ length: 30 }, () => randomBytes(300_000));
    const wake = failAt('PUT_BLOB', 'frozen', 10);
    const { answer: answers, tookMs } = await timed(Promise.all(bodies.map((body, index) => put(`thirty/${index}`, body))));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 201));
    expect(tookMs).toBeLessThan(PAUSE_MS_MAX);
    await wake();
    const digests = (await Promise.all(answers.map((answer) => answer.json() as Promise<Entry>))).map((entry) => entry.sha256);
    expect(digests).toEqual(bodies.map(sha256));
  });

  test('waits while the next primary fetches what only another node holds', async () => {
    let missing = 2;
    bench.node(0).before = async (message, connection) => {
      bench.node(0).answersItself = missing > 0;
      if (message.name === 'COMMIT' && missing-- > 0) {
        await connection.send('BLOBS_MISSING', { blobIds: [...bench.node(0).blobs.keys()].slice(0, 1) });
      }
    };
    expect((await put('late-parts', 'content')).status).toBe(201);
    expect(missing).toBeLessThan(1);
  });
});

describe('a primary that wakes and missed being replaced', () => {
  test('is not believed any more', async () => {
    await put('known', 'old');
    const wake = bench.freeze(0);
    const writing = put('known', 'new');
    await sleep(TAKE_OVER_MS);
    bench.takeOver(1);
    expect((await writing).status).toBe(201);
    wake();
    bench.node(0).appliedSeq = bench.tree.seq - 1;
    for (let round = 0; round < 6; round += 1) {
      const answer = await bench.fetch(`${FILES}/known`);
      expect([answer.headers.get('x-netstore-stale'), await answer.text()]).toEqual([null, 'new']);
    }
  });
});

describe('reading while nobody is primary', () => {
  test('goes on from what the others know, at once and marked, also when the primary is frozen and says nothing', async () => {
    await put('read-me', 'content');
    const wake = bench.freeze(0);
    const first = await timed(bench.fetch(`${FILES}/read-me`));
    expect([first.answer.status, first.answer.headers.get('x-netstore-stale'), await first.answer.text()]).toEqual([
      200,
      'possibly',
      'content',
    ]);
    expect(first.tookMs).toBeLessThan(2_000);
    bench.takeOver(1);
    await expect
      .poll(async () => (await bench.fetch(`${FILES}/read-me`)).headers.get('x-netstore-stale'), { timeout: PAUSE_MS_MAX })
      .toBe(null);
    wake();
  });

  test('waits with "there is no such file" for a primary that can know', async () => {
    await bench.stopNode(0);
    bench.roles.primary = null;
    setTimeout(() => bench.takeOver(1), TAKE_OVER_MS);
    const { answer, tookMs } = await timed(bench.fetch(`${FILES}/never-there`));
    expect(await codeOf(answer)).toBe('NS_NOT_FOUND');
    expect(tookMs).toBeGreaterThan(TAKE_OVER_MS / 2);
  });

  test('is not marked for who has seen no more than what the others have applied', async () => {
    const token = (await put('token', 'content')).headers.get('x-netstore-version') ?? '';
    await bench.stopNode(0);
    bench.roles.primary = null;
    for (const path of [`${FILES}/token`, ENTRIES, `${ENTRIES}/token`]) {
      const answer = await bench.fetch(path, { headers: { 'x-netstore-version': token } });
      expect([answer.status, answer.headers.get('x-netstore-stale')]).toEqual([200, null]);
    }
    for (const node of bench.nodes) node.appliedSeq = bench.tree.seq - 1;
    const behind = await bench.fetch(`${FILES}/token`, { headers: { 'x-netstore-version': token } });
    expect([behind.status, behind.headers.get('x-netstore-stale')]).toEqual([200, 'possibly']);
  });

  test('takes the newest of what the others know', async () => {
    await put('newest', 'content');
    await bench.stopNode(0);
    bench.roles.primary = null;
    bench.node(1).appliedSeq = bench.tree.seq - 5;
    for (let round = 0; round < 4; round += 1) {
      const answer = await bench.fetch(ENTRIES);
      expect(answer.headers.get('x-netstore-version')).toBe(bench.tree.seq.toString(36));
    }
  });
});

import { utimes } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_CURSOR, readScrubCursor, type ScrubCursor, writeScrubCursor } from '../blobs/scrub-cursor.ts';
import type { TestBlob } from '../blobs/testing/blob-bytes.ts';
import { takeCensus } from './census.ts';
import { Foreground } from './foreground.ts';
import { Scrub, type ScrubOptions } from './scrub.ts';
import { makeBlobs, type OwningNode, startOwningNode } from './testing/owning-node.ts';

const DAY_MS = 86_400_000;
const SOON = { timeout: 10_000 };
const COUNT = 30;
/** So long that a round at the lowest pace takes a second. */
const LENGTH = 35_000;

let node: OwningNode;
let made: TestBlob[];
let foreground: Foreground;
let logProofs: number;
let running: { readonly scrub: Scrub; stop(): Promise<void> } | undefined;
beforeEach(async () => {
  node = await startOwningNode();
  made = makeBlobs(COUNT, LENGTH);
  foreground = new Foreground();
  logProofs = 0;
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await node[Symbol.asyncDispose]();
});

function start(cursor: ScrubCursor = NO_CURSOR, more: Partial<ScrubOptions> = {}): Scrub {
  const scrub = new Scrub({
    ...node,
    foreground,
    periodMs: 30 * DAY_MS,
    now: Date.now,
    cursor,
    firstAfterMs: 0,
    writeCursor: (reached) => writeScrubCursor(node.path, reached),
    takeCensus: (signal) => takeCensus(node, signal),
    proveRecords: async () => {
      logProofs += 1;
      return 7;
    },
    settled: async () => undefined,
    ...more,
  });
  const ended = new AbortController();
  const ran = scrub.run(ended.signal);
  const stop = (): Promise<void> => {
    ended.abort();
    return ran;
  };
  running = { scrub, stop };
  return scrub;
}

async function finished(scrub: Scrub, sinceMs: number): Promise<void> {
  await expect.poll(() => scrub.state.state === 'idle' && (scrub.state.finishedAtMs ?? 0) >= sinceMs, SOON).toBe(true);
}

describe('by itself', () => {
  test('a disk that was never proven is, and what that says', async () => {
    await node.putFile('file', made);
    const startedAtMs = Date.now();
    const scrub = start();
    await finished(scrub, startedAtMs);
    expect(scrub.state).toMatchObject({
      blobsTotal: COUNT,
      blobsDone: COUNT,
      bytesTotal: COUNT * LENGTH,
      bytesDone: COUNT * LENGTH,
      recordsVerified: 7,
      faultsFound: 0,
      lostBlobs: null,
      census: { seq: 1, blobs: COUNT },
    });
    expect(scrub.state.oldestVerifiedAtMs).toBe(scrub.state.startedAtMs);
    expect(scrub.state.startedAtMs).toBeGreaterThanOrEqual(startedAtMs);
    expect((await readScrubCursor(node.path)).finished?.round.startedAtMs).toBe(scrub.state.startedAtMs);
  });

  test('a node that has applied nothing has nothing to prove, and says so', async () => {
    const scrub = start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(scrub.state).toMatchObject({ state: 'idle', startedAtMs: null, finishedAtMs: null, oldestVerifiedAtMs: null, census: null });
  });

  test('the next round begins after half a period, and names are compared and the log is read every day', async () => {
    await node.putFile('file', made);
    const nowMs = Date.now();
    const round = {
      startedAtMs: nowMs - 14 * DAY_MS,
      isAskedFor: false,
      blobsTotal: 1,
      bytesTotal: 1,
      blobsDone: 1,
      bytesDone: 1,
      after: null,
    };
    const cursor = { round: null, finished: { round, atMs: nowMs - 13 * DAY_MS } };
    const early = start(cursor);
    await expect.poll(() => logProofs, SOON).toBe(1);
    expect(early.state).toMatchObject({ state: 'idle', startedAtMs: round.startedAtMs, oldestVerifiedAtMs: round.startedAtMs });
    await running?.stop();
    const due = start(cursor, { now: () => nowMs + DAY_MS });
    await finished(due, nowMs + DAY_MS);
    expect(due.state.startedAtMs).toBe(nowMs + DAY_MS);
  });
});

describe('a round', () => {
  test('goes on where a stop interrupted it', async () => {
    await node.putFile('file', made);
    const scrub = start();
    await expect.poll(() => scrub.state.blobsDone, SOON).toBeGreaterThan(3);
    const { startedAtMs } = scrub.state;
    await running?.stop();
    const cursor = await readScrubCursor(node.path);
    const done = cursor.round?.blobsDone ?? 0;
    expect(done).toBeGreaterThan(3);
    for (const blob of made) await utimes(node.pathOf(blob), 1, 1);
    const again = start(cursor);
    await finished(again, startedAtMs ?? 0);
    expect(again.state).toMatchObject({ startedAtMs, blobsDone: COUNT });
    const times = await Promise.all(made.map(({ blobId }) => node.blobs.verifiedAtMs(blobId)));
    expect(times.filter((time) => time === 1_000)).toHaveLength(done);
  });

  test('that is asked for begins at once and from the beginning, and is not begun again by asking again', async () => {
    await node.putFile('file', made);
    const scrub = start();
    await expect.poll(() => scrub.state.blobsDone, SOON).toBeGreaterThan(2);
    const scheduledAtMs = scrub.state.startedAtMs ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 5));
    scrub.begin();
    const { state, startedAtMs, blobsDone } = scrub.state;
    expect({ state, blobsDone }).toEqual({ state: 'running', blobsDone: 0 });
    expect(startedAtMs).toBeGreaterThan(scheduledAtMs);
    scrub.begin();
    expect(scrub.state.startedAtMs).toBe(startedAtMs);
    await finished(scrub, startedAtMs ?? 0);
    expect(scrub.state).toMatchObject({ startedAtMs, blobsDone: COUNT });
  });

  test('lets others go first, and says so', async () => {
    await node.putFile('file', made);
    const { promise, resolve } = Promise.withResolvers<void>();
    for (let count = 0; count < 10; count += 1) void foreground.during(promise);
    const scrub = start();
    await expect.poll(() => scrub.state.state, SOON).toBe('paused');
    resolve();
    await finished(scrub, scrub.state.startedAtMs ?? 0);
  });

  test('that is interrupted by something else than a blob goes on later, and is not called proven', async () => {
    await node.putFile('file', made);
    const scrub = start(NO_CURSOR, { proveRecords: () => Promise.reject(new Error('by a test')) });
    await expect.poll(() => scrub.state.state, SOON).toBe('paused');
    expect(scrub.state).toMatchObject({ finishedAtMs: null, oldestVerifiedAtMs: null });
  });
});

test('who asks for a census while one is taken gets that one', async () => {
  await node.putFile('file', made);
  let taken = 0;
  const scrub = start(NO_CURSOR, {
    takeCensus: (signal) => {
      taken += 1;
      return takeCensus(node, signal);
    },
  });
  await finished(scrub, 1);
  taken = 0;
  const { signal } = new AbortController();
  const [one, other] = await Promise.all([scrub.takeCensus(signal), scrub.takeCensus(signal)]);
  expect(one).toBe(other);
  expect(taken).toBe(1);
});

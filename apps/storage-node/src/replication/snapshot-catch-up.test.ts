/** What a node says while it waits for a copy of a catalogue from a peer that does not answer. */
import { createLogger } from '@netstore/service-kit';
import type { NodeId } from '@netstore/shared-types';
import { expect, test } from 'vitest';
import { makeTempDir } from '../log/testing/temp-dir.ts';
import { SnapshotCatchUp, type SnapshotCatchUpOptions } from './snapshot-catch-up.ts';

const PEER = 'node-1' as NodeId;

async function startCatchUp({ baseSeq, appliedSeq }: { readonly baseSeq: number; readonly appliedSeq: number }) {
  const dir = await makeTempDir();
  const use = (_: unknown, { signal }: { readonly signal: AbortSignal }) =>
    new Promise<never>((_resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const peer = { id: PEER, pool: { use } };
  const options = {
    directory: { path: dir.path, snapshotDir: dir.path },
    log: { base: { seq: baseSeq } },
    catalogue: { applied: { seq: appliedSeq } },
    peers: { all: [peer], get: (id: NodeId) => (id === PEER ? peer : undefined) },
    logger: createLogger({ service: 'test', level: 'silent' }),
    onReady: () => undefined,
  };
  const catchUp = new SnapshotCatchUp(options as unknown as SnapshotCatchUpOptions);
  return { catchUp, [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose]() };
}

test('a node whose log reaches back to its catalogue waits for nothing', async () => {
  await using node = await startCatchUp({ baseSeq: 5, appliedSeq: 5 });
  await node.catchUp.requireCatalogue(new AbortController().signal);
  expect(node.catchUp.waitsFor).toBeNull();
});

test('a node that lost its catalogue says that it waits for any other', async () => {
  await using node = await startCatchUp({ baseSeq: 5, appliedSeq: 0 });
  const ended = new AbortController();
  const waiting = node.catchUp.requireCatalogue(ended.signal);
  expect(node.catchUp.waitsFor).toBe('This node lost its catalogue, and takes part in nothing until another node has given it a copy.');
  ended.abort();
  await expect(waiting).rejects.toThrow();
});

test('a node that is behind the log of the primary names it for as long as it waits', async () => {
  await using node = await startCatchUp({ baseSeq: 0, appliedSeq: 0 });
  await node.catchUp.behind('node-9' as NodeId);
  expect(node.catchUp.waitsFor).toBeNull();
  const waiting = node.catchUp.behind(PEER);
  expect(node.catchUp.waitsFor).toContain('it waits for a copy of the catalogue of node-1.');
  await node.catchUp[Symbol.asyncDispose]();
  await waiting;
  expect(node.catchUp.waitsFor).toBeNull();
});

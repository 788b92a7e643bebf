import { type BlobId, NetStoreError, type OperationId } from '@netstore/shared-types';
import type { Commit, MessageName, Operation } from '@netstore/wire-protocol';
import type { Connection } from '@netstore/wire-transport';
import { afterEach, expect, test, vi } from 'vitest';
import { MemoryBlobStore } from '../blobs/memory-blob-store.ts';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import type { Catalogue, CommittedOutcome } from '../catalogue/catalogue.ts';
import { AUTHOR, discard, makeFolder, put } from '../catalogue/testing/record-chain.ts';
import type { OperationPayload } from '../log/payload.ts';
import { Discards } from '../replication/discards.ts';
import { Members } from '../replication/members.ts';
import type { Peers } from '../replication/peers.ts';
import type { Replicator } from '../replication/replicator.ts';
import { commitHandler } from './handle-commit.ts';

const operationId = '1'.repeat(32) as OperationId;
const outcome = (seq: number): CommittedOutcome => ({
  operationId,
  fingerprint: new Uint8Array(32),
  outcome: { isAccepted: true, entry: null, isCreated: true },
  seq,
  epoch: 1,
  isReplay: false,
  discarded: [],
});
const signal = new AbortController().signal;

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const NOW_MS = 1_000;

/** The primary's side of COMMIT, with a log that takes what the test lets it take. */
function primary({ known = null as CommittedOutcome | null } = {}) {
  const logged: Operation['kind'][] = [];
  const log = Promise.withResolvers<void>();
  const replicator = {
    servingTerm: {},
    propose: async ({ operation }: OperationPayload) => {
      await log.promise;
      logged.push(operation.kind);
      return outcome(9);
    },
    copies: { of: () => ({ durable: 1, total: 3 }) },
  } as unknown as Replicator;
  const blobs = new MemoryBlobStore();
  const catalogue = {
    getOutcome: async (_id: OperationId, timeMs: number) => (timeMs === NOW_MS ? known : null),
    blobsOf: async () => [],
  } as unknown as Catalogue;
  const discards = new Discards(replicator);
  const peers = { all: [] } as unknown as Peers;
  const handle = commitHandler({ replicator, catalogue, blobs, peers, members: new Members(), discards, now: () => NOW_MS });
  const answers: [MessageName, object][] = [];
  const connection = { send: async (name: MessageName, body: object) => void answers.push([name, body]) } as unknown as Connection;
  const commit = (operation: Operation): Promise<void> => {
    const body: Commit = { requestId: '', operationId, fingerprint: new Uint8Array(32), retentionMs: 1, author: AUTHOR, operation };
    return handle(body, connection, signal);
  };
  return { commit, blobs, discards, answers, logged, log };
}

const fileOf = ({ blobId, bytes, crcTableSha256 }: ReturnType<typeof makeBlob>) =>
  put('file', { refs: [{ blobId, lengthBytes: bytes.length, crcTableSha256 }] });

test('a put whose blob no node has is told which, and is not logged', async () => {
  const { commit, answers, logged, log } = primary();
  log.resolve();
  const blob = makeBlob(10);
  await commit(fileOf(blob));
  expect(answers).toEqual([['BLOBS_MISSING', { blobIds: [blob.blobId] }]]);
  expect(logged).toEqual([]);
});

test('while a put waits for the log, its blobs cannot be let go', async () => {
  const { commit, blobs, discards, answers, logged, log } = primary();
  const blob = makeBlob(10);
  await stageBlob(blobs, blob);
  const find = vi.spyOn(blobs, 'find');
  const committing = commit(fileOf(blob));
  await expect.poll(() => find.mock.calls.length).toBe(1);
  await discards.discard([blob.blobId]);
  log.resolve();
  await committing;
  expect(logged).toEqual(['put']);
  // An older debt of the secondary hides what it holds of this one; that it was committed does not.
  expect(answers).toMatchObject([['COMMITTED', { replicas: { durable: 2, total: 3 } }]]);
  await discards.discard([blob.blobId]);
  expect(logged).toEqual(['put', 'discard']);
});

test('a put of a blob that is being let go is refused', async () => {
  const { commit, discards, log } = primary();
  const blob = makeBlob(10);
  const going = discards.discard([blob.blobId as BlobId]);
  await expect(commit(fileOf(blob))).rejects.toMatchObject({ code: 'NS_CONFLICT' });
  log.resolve();
  await going;
});

test('an operation that was applied before gets its outcome again without another record', async () => {
  const { commit, answers, logged } = primary({ known: { ...outcome(4), isReplay: true } });
  await commit(makeFolder('folder'));
  expect(answers).toMatchObject([['COMMITTED', { seq: 4, isReplay: true, replicas: { durable: 1 } }]]);
  expect(logged).toEqual([]);
});

test('another request under a known id does not pass unseen: its blobs are looked for, and the log decides', async () => {
  const { commit, answers } = primary({ known: { ...outcome(4), fingerprint: new Uint8Array(32).fill(1), isReplay: true } });
  await commit(fileOf(makeBlob(10)));
  expect(answers.map(([name]) => name)).toEqual(['BLOBS_MISSING']);
});

test('blobs are let go by their own message alone, which knows what is in use', async () => {
  await expect(primary().commit(discard([]))).rejects.toBeInstanceOf(NetStoreError);
});

test('a repeated put whose bytes one member holds now is not answered before a second one does', async () => {
  vi.useFakeTimers();
  try {
    const entry = { path: 'file', modifiedAtMs: 1, replicas: null, file: { contentId: 4 } } as never;
    const { commit, answers } = primary({
      known: { ...outcome(4), outcome: { isAccepted: true, entry, isCreated: true }, isReplay: true },
    });
    const refused = expect(commit(makeFolder('a'))).rejects.toMatchObject({ code: 'NS_NO_QUORUM' });
    await vi.advanceTimersByTimeAsync(11_000);
    await refused;
    expect(answers).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

import type { BlobId, NodeId } from '@netstore/shared-types';
import { BLOB_STATES, type BlobState, unpackBlobIds } from '@netstore/wire-protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeBlob, stageBlob } from '../blobs/testing/blob-bytes.ts';
import { makeFolder, put } from '../catalogue/testing/record-chain.ts';
import type { LogRecord } from '../log/record.ts';
import type { StatedLog } from './core/activation.ts';
import { OwnLog, statedLog } from './own-log.ts';
import type { Peers } from './peers.ts';
import { recoverLog } from './recovery.ts';
import { newEpoch, operation, startSecondary } from './testing/secondary.ts';

const SELF = 'node-2' as NodeId;
const PEER = 'node-3' as NodeId;

let node: Awaited<ReturnType<typeof startSecondary>>;
beforeEach(async () => {
  node = await startSecondary();
});
afterEach(() => node[Symbol.asyncDispose]());

const hash = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A peer that has this log and these blobs, and is asked as a node would be. */
function peerWith(records: readonly LogRecord[], states: ReadonlyMap<BlobId, BlobState> = new Map()): Peers {
  const connection = {
    request: async (question: string, body: { fromSeq: number; blobIds: Uint8Array }) => {
      if (question === 'GET_BLOB_STATES') {
        const asked = unpackBlobIds(body.blobIds).map((blobId) => states.get(blobId) ?? 'absent');
        return { states: Uint8Array.from(asked, (state) => BLOB_STATES.indexOf(state)) };
      }
      const rest = records.filter(({ seq }) => seq >= body.fromSeq);
      return { prevHash: rest[0]?.previous, records: Buffer.concat(rest.map(({ encoded }) => encoded)) };
    },
  };
  const peer = { id: PEER, pool: { use: (work: (used: unknown) => unknown) => work(connection) } };
  return { all: [peer], get: () => peer } as unknown as Peers;
}

function stated(records: readonly LogRecord[], { markSeq = records.length } = {}): StatedLog {
  const last = records.at(-1) as LogRecord;
  const mark = records[markSeq - 1] as LogRecord;
  return {
    node: PEER,
    lastEpoch: last.epoch,
    last: { seq: last.seq, hash: hash(last.hash) },
    commitSeq: 0,
    mark: { seq: mark.seq, hash: hash(mark.hash) },
    records: records.map((record) => ({ seq: record.seq, hash: hash(record.hash) })),
  };
}

async function recover(from: NodeId, peers: Peers, peerLog: StatedLog): Promise<number[]> {
  const { replicator, log, vote, blobs, catalogue } = node;
  const { tail, arrivals } = replicator;
  const commitSeq = (): number => 0;
  const ownLog = new OwnLog({ tail, log, vote, catalogue, commitSeq });
  const logs = [statedLog(SELF, await ownLog.state()), peerLog];
  const logger = { info: () => undefined, warn: () => undefined } as never;
  const options = {
    self: SELF,
    peers,
    tail,
    log,
    vote,
    blobs,
    arrivals,
    ownLog,
    logger,
    commitSeq,
    onDisk: <Result>(work: () => Promise<Result>) => work(),
  };
  return recoverLog({ epoch: 9, from, logs }, options, new AbortController().signal);
}

async function hold(records: readonly LogRecord[], { markSeq = records.length } = {}): Promise<void> {
  node.replicator.tail.push(records);
  await node.log.append(records);
  const mark = records[markSeq - 1];
  if (mark !== undefined) await node.vote.acknowledge(mark);
}

describe('a candidate', () => {
  test('fetches the log that was chosen, and its mark says so afterwards', async () => {
    const opening = newEpoch(1);
    const theirs = [opening, operation(1, opening, makeFolder('a'))];
    await hold([opening]);
    expect(await recover(PEER, peerWith(theirs), stated(theirs))).toEqual([]);
    expect(node.log.last.seq).toBe(2);
    expect(node.vote.current.acknowledged.seq).toBe(2);
  });

  test('moves what it has besides aside', async () => {
    const shared = newEpoch(1);
    const own = [shared, operation(1, shared, makeFolder('mine-a'))];
    const theirs = [shared, newEpoch(2, shared, PEER)];
    await hold(own);
    await recover(PEER, peerWith(theirs), stated(theirs));
    expect(hash(node.log.last.hash)).toBe(hash((theirs[1] as LogRecord).hash));
  });

  test('is told when the other one has less than it stated', async () => {
    const opening = newEpoch(1);
    const theirs = [opening, operation(1, opening, makeFolder('a'))];
    await hold([opening]);
    await expect(recover(PEER, peerWith([opening]), stated(theirs))).rejects.toThrow();
  });
});

describe('a put that nobody knows to be committed', () => {
  const blob = makeBlob(1_000);
  const ref = { blobId: blob.blobId, lengthBytes: 1_000, crcTableSha256: blob.crcTableSha256 };
  const opening = newEpoch(1);
  const records = [opening, operation(1, opening, put('a', { refs: [ref] }))];
  const recovered = (state: BlobState, peerMarkSeq = 1): Promise<number[]> =>
    recover(SELF, peerWith(records, new Map([[ref.blobId, state]])), stated(records, { markSeq: peerMarkSeq }));

  test('is void when two members never had its blob', async () => {
    await hold(records, { markSeq: 1 });
    expect(await recovered('absent')).toEqual([2]);
  });

  test('is not when one of them has it', async () => {
    await hold(records, { markSeq: 1 });
    expect(await recovered('held')).toEqual([]);
  });

  test('is not when a copy was there and is bad: a damaged copy is not absence', async () => {
    await hold(records, { markSeq: 1 });
    expect(await recovered('damaged')).toEqual([]);
  });

  test('is not when one of them has acknowledged it: it had the blob then', async () => {
    await hold(records, { markSeq: 1 });
    expect(await recovered('absent', 2)).toEqual([]);
  });

  test('is not when this node has it', async () => {
    await stageBlob(node.blobs, blob);
    await hold(records, { markSeq: 1 });
    expect(await recovered('absent')).toEqual([]);
  });
});

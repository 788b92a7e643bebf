import { randomBytes } from 'node:crypto';
import { type BlobId, NetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES } from '@netstore/wire-protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeNodeState, startFakeNode } from '../testing/fake-node.ts';
import { FakeTree, nodeName } from '../testing/fake-tree.ts';
import { connectNodes } from './connect-nodes.ts';
import { type FilledSlab, readChunks } from './read-chunks.ts';
import type { StorageNodes } from './storage-nodes.ts';

const BLOB = 'b'.repeat(32) as BlobId;
const BYTES = randomBytes(CHUNK_BYTES + 100);
const KEY = randomBytes(32);

let stack: AsyncDisposableStack;
let states: FakeNodeState[];
let listeners: AsyncDisposable[];
let nodes: StorageNodes;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const tree = new FakeTree(3);
  const roles = { primary: nodeName(0), epoch: 1 };
  states = [0, 1, 2].map((index) => ({
    nodeId: nodeName(index),
    tree,
    roles,
    frozen: undefined,
    blobs: new Map(),
    damaged: new Set(),
    before: () => undefined,
    beforeAnswer: () => undefined,
    answersItself: false,
    replicate: () => undefined,
    manifestPageBlobs: 16,
    appliedSeq: Number.POSITIVE_INFINITY,
  }));
  const started = await Promise.all(states.map((state) => startFakeNode(state, { key: KEY })));
  listeners = started.map((listener) => stack.use(listener));
  const addresses = states.map(({ nodeId }, index) => ({ id: nodeId, host: '127.0.0.1', port: started[index]?.address.port ?? 0 }));
  nodes = stack.use(connectNodes(addresses, KEY));
});
afterEach(() => stack.disposeAsync());

const stop = async (...indexes: number[]): Promise<void> => {
  for (const index of indexes) await listeners[index]?.[Symbol.asyncDispose]();
};

function read(): Promise<readonly FilledSlab[]> {
  const run = { blobId: BLOB, blobBytes: BYTES.length, firstChunk: 0, chunkCount: 2 };
  return readChunks(nodes, run, { requestId: 'test', takeSlab: () => Buffer.alloc(CHUNK_BYTES), signal: AbortSignal.timeout(20_000) });
}

async function refusal(): Promise<NetStoreError> {
  return await read().then(
    () => expect.unreachable('a blob was read that nobody has'),
    (error: NetStoreError) => error,
  );
}

test('chunks come from the only node that holds them, while another is away', async () => {
  states[1]?.blobs.set(BLOB, BYTES);
  await stop(2);
  const slabs = await read();
  expect(Buffer.concat(slabs.map(({ slab, lengthBytes }) => slab.subarray(0, lengthBytes))).equals(BYTES)).toBe(true);
});

test('a blob is missing when every node says that it has no good copy', async () => {
  const damaged = states[2] as FakeNodeState;
  damaged.before = () => {
    throw new NetStoreError('NS_BLOB_DAMAGED', 'a chunk has rotted');
  };
  const { code, message } = await refusal();
  expect(code).toBe('NS_BLOB_MISSING');
  expect(message).toContain('node-3: a chunk has rotted');
});

test('a node that cannot be reached may hold the blob: nobody says that it is missing', async () => {
  await stop(2);
  const { code, message } = await refusal();
  expect(code).toBe('NS_UNAVAILABLE');
  expect(message).toContain('node-1: node-1 does not hold it');
  expect(message).toContain('node-3: ');
});

test('where no node is reached, nothing is said of the blob', async () => {
  await stop(0, 1, 2);
  expect((await refusal()).code).toBe('NS_UNAVAILABLE');
});

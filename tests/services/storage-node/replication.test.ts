/** Three real nodes and a gateway's side of the wire: what they hold, what they answer, what they hold after they were killed. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BlobId, type NodeId, newBlobId, newOperationId } from '@netstore/shared-types';
import { type Operation, unpackBlobRefs } from '@netstore/wire-protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { flipByte } from '../../support/flip-byte.ts';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { putOperation, SPACE, type WireClient } from '../../support/wire-client.ts';

const [primaryId, secondId, thirdId] = ['node-1', 'node-2', 'node-3'] as [NodeId, NodeId, NodeId];
const CATCH_UP_MS = 20_000;

let nodes: StorageNodes;
let primary: WireClient;

beforeAll(async () => {
  // One primary throughout, so that each test knows whom to ask; `failover.test.ts` lets it change.
  nodes = await startStorageNodes({ NETSTORE_FAILOVER: 'manual' });
  primary = nodes.client(primaryId);
});
afterAll(async () => {
  await primary?.[Symbol.asyncDispose]();
  await nodes?.[Symbol.asyncDispose]();
});

/** Whatever a test did, the next one finds three running nodes that hold everything. */
afterEach(async () => {
  for (const id of nodes.ids) if ((await nodes.status(id)) === undefined) nodes.start(id);
  await nodes.untilReady();
});

async function everyNodeHolds(path: string, bytes: Uint8Array): Promise<void> {
  for (const id of nodes.ids) {
    await using client = nodes.client(id);
    await waitUntil(`${id} holds ${path}`, CATCH_UP_MS, async () => {
      const held = await client.readFile(path, { allowStale: true }).catch(() => undefined);
      return held?.equals(bytes) === true;
    });
  }
}

describe('a file', () => {
  test('is on two nodes when it is acknowledged, and on all three soon after, byte for byte', async () => {
    const bytes = randomBytes(3_000_000);
    const { outcome, replicas } = await primary.putFile('a/b/three-blobs', bytes, { blobBytes: 1_000_000 });
    expect(outcome).toMatchObject({ isAccepted: true, isCreated: true });
    expect(replicas.durable).toBeGreaterThanOrEqual(2);
    expect(replicas.total).toBe(3);
    await everyNodeHolds('a/b/three-blobs', bytes);
  });

  test('without a byte needs no blob', async () => {
    const { outcome } = await primary.putFile('empty', new Uint8Array());
    expect(outcome.isAccepted).toBe(true);
    expect(await primary.readFile('empty')).toEqual(Buffer.alloc(0));
  });

  test('keeps its older versions, newest first', async () => {
    await primary.putFile('versions', Buffer.from('one'));
    await primary.putFile('versions', Buffer.from('two'));
    const { entry, versions } = await primary.entry('versions');
    expect(versions.map(({ sizeBytes }) => sizeBytes)).toEqual([3, 3]);
    expect(versions[0]?.version).toBe(entry?.file?.version);
    expect(Buffer.from(versions[0]?.sha256 ?? [])).toEqual(createHash('sha256').update('two').digest());
  });

  test('that was deleted is gone, and stays gone after every node was killed', async () => {
    await primary.putFile('to-delete', Buffer.from('x'));
    await primary.commit({ kind: 'delete', space: SPACE, path: 'to-delete' as never, expected: { kind: 'any' } });
    expect((await primary.file('to-delete')).entry).toBeNull();
    await Promise.all(nodes.ids.map((id) => nodes.kill(id)));
    for (const id of nodes.ids) nodes.start(id);
    await nodes.untilReady();
    expect((await primary.file('to-delete')).entry).toBeNull();
  });
});

describe('an operation', () => {
  test('that comes twice under one id happens once, and both get the same answer', async () => {
    const operationId = newOperationId();
    const bytes = Buffer.from('once');
    const first = await primary.putFile('once', bytes, { operationId });
    const again = await primary.putFile('once', bytes, { operationId });
    expect(again).toMatchObject({ seq: first.seq, isReplay: true, outcome: { isAccepted: true } });
    expect((await primary.entry('once')).versions).toHaveLength(1);
  });

  test('comes to the same answer when the node was killed in between', async () => {
    const operationId = newOperationId();
    const first = await primary.putFile('once-across-kill', Buffer.from('x'), { operationId });
    await nodes.kill(primaryId);
    nodes.start(primaryId);
    await nodes.untilReady();
    const again = await primary.putFile('once-across-kill', Buffer.from('x'), { operationId });
    expect(again).toMatchObject({ seq: first.seq, isReplay: true });
  });

  test('that refers to blobs nobody has is told which', async () => {
    const ref = { blobId: newBlobId(), lengthBytes: 3, crcTableSha256: new Uint8Array(32) };
    const refused = primary.commit(putOperation('nowhere', Buffer.from('abc'), [ref]));
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('BLOBS_MISSING') });
    expect((await primary.file('nowhere')).entry).toBeNull();
  });

  test('is refused by a secondary, which names the primary', async () => {
    await using second = nodes.client(secondId);
    const refusal = (): Promise<unknown> => second.putFile('on-a-secondary', Buffer.from('x')).catch((error: unknown) => error);
    // While both sides send, the connection may end before the refusal was read, and then a client asks again: it must get to know in the end.
    await expect.poll(refusal, { timeout: CATCH_UP_MS }).toMatchObject({ code: 'NS_NOT_PRIMARY', details: { primary: primaryId } });
  });

  test('that was abandoned leaves no blob in the staging of any node', async () => {
    const ref = await primary.putBlob(randomBytes(100_000));
    await primary.use((connection) =>
      connection.request('ABANDON', { requestId: 'test', blobIds: [ref.blobId] }, 'ABANDONED', { timeoutMs: 10_000 }),
    );
    for (const id of nodes.ids) {
      await waitUntil(`the blob has left staging of ${id}`, CATCH_UP_MS, () => !filesOf(id, 'staging').includes(ref.blobId));
    }
  });
});

describe('a put that is rejected', () => {
  test('leaves its bytes on no node', async () => {
    const bytes = Buffer.from('brought in vain');
    const ref = await primary.putBlob(bytes);
    const { outcome } = await primary.commit({ ...putOperation('once', bytes, [ref]), expected: { kind: 'absent' } } as Operation);
    expect(outcome).toMatchObject({ isAccepted: false, code: 'NS_PRECONDITION_FAILED' });
    for (const id of nodes.ids) {
      await waitUntil(`${id} has let go of the blob`, CATCH_UP_MS, () => !hasBlob(id, ref.blobId));
    }
  });
});

describe('a secondary', () => {
  test('that is killed holds up nothing, and has everything again soon after it is back', async () => {
    await nodes.kill(thirdId);
    const bytes = randomBytes(2_000_000);
    const { replicas } = await primary.putFile('while-one-was-away', bytes);
    expect(replicas).toEqual({ durable: 2, total: 3 });
    nodes.start(thirdId);
    await everyNodeHolds('while-one-was-away', bytes);
    await waitUntil(
      'the primary counts three copies',
      CATCH_UP_MS,
      async () => (await primary.entry('while-one-was-away')).entry?.replicas?.durable === 3,
    );
  });

  test('that freezes holds up an upload only for a moment', async () => {
    await nodes.kill(secondId, 'SIGSTOP');
    const startedAt = performance.now();
    try {
      const { replicas } = await primary.putFile('while-one-was-frozen', randomBytes(4_000_000), { blobBytes: 1_000_000 });
      expect(replicas.durable).toBe(2);
      expect(performance.now() - startedAt).toBeLessThan(8_000);
    } finally {
      await nodes.kill(secondId, 'SIGCONT');
    }
  });

  test('whose copy rots never serves it, moves it aside and gets a good one', async () => {
    const bytes = randomBytes(500_000);
    await primary.putFile('rotten', bytes);
    await everyNodeHolds('rotten', bytes);
    const { manifest } = await primary.file('rotten');
    const [ref] = unpackBlobRefs(manifest?.blobs ?? new Uint8Array());
    if (ref === undefined) throw new Error('The file has no blob');
    flipByte(join(nodes.dataDir(thirdId), 'blobs', ref.blobId.slice(0, 2), ref.blobId), 1_000);
    await using third = nodes.client(thirdId);
    await expect(third.readBlob(ref)).rejects.toMatchObject({ code: 'NS_BLOB_DAMAGED' });
    expect(readdirSync(join(nodes.dataDir(thirdId), 'quarantine')).some((name) => name.startsWith(ref.blobId))).toBe(true);
    await waitUntil('the copy is whole again', CATCH_UP_MS, async () =>
      (await third.readBlob(ref).catch(() => Buffer.alloc(0))).equals(bytes),
    );
  });
});

describe('without a second member', () => {
  test('a write is told that its outcome is unknown and reads go on; with it the retry gets the one answer', async () => {
    await primary.putFile('before', Buffer.from('still readable'));
    const operationId = newOperationId();
    await nodes.kill(secondId);
    await nodes.kill(thirdId);
    const alone = primary.commit({ kind: 'make-folder', space: SPACE, path: 'made-alone' as never }, operationId);
    await expect(alone).rejects.toMatchObject({ code: 'NS_NO_QUORUM' });
    const stale = { allowStale: true };
    expect(await primary.readFile('before', stale)).toEqual(Buffer.from('still readable'));
    expect(await primary.file('made-alone', stale)).toMatchObject({ isFolder: false, isStale: true });
    nodes.start(secondId);
    await nodes.untilReady({ holders: 2 });
    const retried = await primary.commit({ kind: 'make-folder', space: SPACE, path: 'made-alone' as never }, operationId);
    expect(retried.outcome.isAccepted).toBe(true);
    expect((await primary.file('made-alone')).isFolder).toBe(true);
  });
});

test('without the primary a secondary shows what it has, and says that it may be old', async () => {
  await primary.putFile('seen-by-all', Buffer.from('x'));
  await nodes.untilReady();
  await nodes.kill(primaryId);
  await using second = nodes.client(secondId);
  await expect(second.file('seen-by-all')).rejects.toMatchObject({ code: 'NS_NOT_PRIMARY' });
  expect(await second.file('seen-by-all', { allowStale: true })).toMatchObject({ isStale: true, entry: { path: 'seen-by-all' } });
});

test('the primary opens a new epoch at every start, and no record is lost', async () => {
  const before = await nodes.status(primaryId);
  await nodes.kill(primaryId);
  nodes.start(primaryId);
  await nodes.untilReady();
  const after = await nodes.status(primaryId);
  expect(after?.epoch).toBeGreaterThan(before?.epoch ?? Number.POSITIVE_INFINITY);
  expect(after?.commitSeq).toBeGreaterThan(before?.commitSeq ?? Number.POSITIVE_INFINITY);
});

function filesOf(id: NodeId, ...folder: string[]): string[] {
  return readdirSync(join(nodes.dataDir(id), ...folder));
}

function hasBlob(id: NodeId, blobId: BlobId): boolean {
  return filesOf(id, 'staging').includes(blobId) || filesOf(id, 'blobs', blobId.slice(0, 2)).includes(blobId);
}

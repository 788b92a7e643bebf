/** What a real node does with peers that are broken, lost or hostile: a typed refusal, and service for the others. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { NodeId } from '@netstore/shared-types';
import { connectTo } from '@netstore/wire-transport';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type StorageNodes, startStorageNodes } from '../../support/storage-nodes.ts';

const primaryId = 'node-1' as NodeId;
const CLOSE_MS = 8_000;
const gateway = { role: 'gateway', nodeId: null, clusterId: null, incarnation: null } as const;

let nodes: StorageNodes;
beforeAll(async () => {
  nodes = await startStorageNodes();
});
afterAll(() => nodes?.[Symbol.asyncDispose]());
afterEach(async () => {
  await using client = nodes.client(primaryId);
  expect((await client.status()).canCommit, 'others are still served').toBe(true);
});

/** Resolves with how long the node kept the connection. */
async function closedAfter(bytes: Uint8Array): Promise<number> {
  const startedAt = performance.now();
  const socket = connect(nodes.address(primaryId));
  await once(socket, 'connect');
  socket.on('error', () => undefined).resume();
  socket.write(bytes);
  const timer = setTimeout(() => socket.destroy(new Error('The node keeps the connection')), CLOSE_MS);
  await once(socket, 'close');
  clearTimeout(timer);
  return performance.now() - startedAt;
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

describe('a node closes a connection on', () => {
  test('garbage', async () => {
    expect(await closedAfter(randomBytes(64))).toBeLessThan(CLOSE_MS);
  });

  test.each([0, 4 * 1024 * 1024 + 4096, 0x7fffffff, 0xffffffff])('a frame of announced length %d', async (length) => {
    expect(await closedAfter(Buffer.concat([u32(length), Buffer.from([1])]))).toBeLessThan(2_000);
  });

  test('silence, within the time for the handshake', async () => {
    expect(await closedAfter(Buffer.alloc(0))).toBeLessThan(CLOSE_MS);
  });
});

describe('the handshake refuses', () => {
  const attempt = (changes: object) =>
    connectTo({ ...nodes.address(primaryId), key: nodes.key, self: gateway, channel: 'conversation', timeoutMs: 5_000, ...changes });

  test('another cluster key', async () => {
    await expect(attempt({ key: randomBytes(32) })).rejects.toMatchObject({ code: 'NS_WRONG_CLUSTER_KEY' });
  });

  test('another cluster', async () => {
    await expect(attempt({ self: { ...gateway, clusterId: 'f'.repeat(32) } })).rejects.toMatchObject({ code: 'NS_WRONG_CLUSTER' });
  });

  test('a gateway that wants the log', async () => {
    const opened = attempt({ channel: 'log' }).then((connection) =>
      connection.request('LOG_OPEN', { epoch: 99, primary: primaryId, commit: { seq: 0, hash: new Uint8Array(32) } }, 'LOG_POSITION', {
        timeoutMs: 5_000,
      }),
    );
    await expect(opened).rejects.toMatchObject({ code: 'NS_MESSAGE_UNEXPECTED' });
  });

  test('a node with a disk that this cluster does not know', async () => {
    const { clusterId } = (await nodes.status(primaryId)) ?? {};
    const stranger = { role: 'node', nodeId: 'node-2', clusterId, incarnation: 'e'.repeat(32) };
    const connection = await attempt({ self: stranger, channel: 'control' });
    const asked = connection.request('REQUEST_PROMISE', { epoch: 1_000, candidate: 'node-2' as NodeId, generation: 1 }, 'PROMISE', {
      timeoutMs: 5_000,
    });
    await expect(asked).rejects.toMatchObject({ code: 'NS_WRONG_NODE' });
  });
});

describe('a blob', () => {
  test('with a flipped byte is refused by its checksum and leaves nothing behind', async () => {
    await using client = nodes.client(primaryId);
    const sent = client.use(async (connection) => {
      await connection.send('PUT_BLOB', { requestId: 'test', epoch: null, blobId: 'b'.repeat(32) as never, lengthBytes: 4 });
      await connection.sendData({ chunkIndex: 0, crc: 1, bytes: Buffer.from('abcd') });
      await connection.expect('BLOB_HELD', { timeoutMs: 5_000 });
    });
    await expect(sent).rejects.toMatchObject({ code: 'NS_CHECKSUM_MISMATCH' });
  });

  test.each([0, 8 * 1024 * 1024 + 1])('of %d bytes is refused', async (lengthBytes) => {
    await using client = nodes.client(primaryId);
    const sent = client.use(async (connection) => {
      await connection.send('PUT_BLOB', { requestId: 'test', epoch: null, blobId: 'b'.repeat(32) as never, lengthBytes });
      await connection.expect('BLOB_HELD', { timeoutMs: 5_000 });
    });
    await expect(sent).rejects.toMatchObject({ code: expect.stringMatching(/^NS_(BAD_REQUEST|FRAME_MALFORMED)$/) });
  });

  test('that nobody has is said to be missing', async () => {
    await using client = nodes.client(primaryId);
    await expect(
      client.readBlob({ blobId: '9'.repeat(32) as never, lengthBytes: 1, crcTableSha256: new Uint8Array(32) }),
    ).rejects.toMatchObject({ code: 'NS_BLOB_MISSING' });
  });
});

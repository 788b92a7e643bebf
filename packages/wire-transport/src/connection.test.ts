import { NetStoreError } from '@netstore/shared-types';
import { CHUNK_BYTES, encodeMessage, type Incoming, LOG_APPEND_RECORDS_BYTES_MAX } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { READ_AHEAD_BYTES } from './frame-socket.ts';
import { SOCKET_BUFFER_BYTES } from './socket-options.ts';
import { askHoldings, BLOB, codeOf, NODE, NODE_1, SOON, startInjector, startListener, startSlicer, until } from './testing/peers.ts';

const HASH = new Uint8Array(32);
const POSITION = { seq: 0, hash: HASH };
const PUT = { requestId: 'test', epoch: null, blobId: BLOB, lengthBytes: 8 * 1024 * 1024 };

const chunk = (chunkIndex: number, length = CHUNK_BYTES): { chunkIndex: number; crc: number; bytes: Buffer } => ({
  chunkIndex,
  crc: chunkIndex * 3,
  bytes: Buffer.alloc(length, chunkIndex + 1),
});

/** A listener that hands its connections to the test, and one connection to it. */
async function startPair(options: Parameters<Awaited<ReturnType<typeof startListener>>['open']>[0] = {}) {
  const accepted = Promise.withResolvers<Connection>();
  const server = await startListener({
    onConnection: async (connection) => {
      accepted.resolve(connection);
      await connection.closed;
    },
  });
  const client = await server.open(options);
  const dispose = async (): Promise<void> => {
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, client, node: await accepted.promise, [Symbol.asyncDispose]: dispose };
}

describe('messages', () => {
  test('arrive in order and as they were sent', async () => {
    await using pair = await startPair();
    await pair.client.send('PUT_BLOB', PUT);
    await pair.client.sendData(chunk(0));
    await pair.client.send('DATA', chunk(1, 17));
    await pair.client.send('PUT_BLOB_END', { crcTableSha256: HASH });
    expect(await pair.node.expect('PUT_BLOB', SOON)).toEqual(PUT);
    expect(await pair.node.expect('DATA', SOON)).toEqual(chunk(0));
    expect(await pair.node.expect('DATA', SOON)).toEqual(chunk(1, 17));
    await pair.node.expect('PUT_BLOB_END', SOON);
    expect([pair.client.conversation, pair.client.isIdle]).toEqual(['put blob', false]);
    await pair.node.send('BLOB_HELD', { blobId: BLOB, holders: [NODE_1] });
    expect(await pair.client.expect('BLOB_HELD', SOON)).toEqual({ blobId: BLOB, holders: [NODE_1] });
    expect([pair.client.isIdle, pair.node.isIdle]).toEqual([true, true]);
  });

  test('arrive whole when every byte comes by itself', async () => {
    const received: Incoming[] = [];
    await using server = await startListener({
      onConnection: async (connection) => {
        for (const _ of [1, 2, 3]) received.push(await connection.receive(SOON));
        await connection.send('BLOB_HELD', { blobId: BLOB, holders: [NODE_1] });
        await connection.closed;
      },
    });
    await using slicer = await startSlicer(server.port);
    await using client = await server.open({ port: slicer.port });
    await client.send('PUT_BLOB', PUT);
    await client.sendData(chunk(0, 1500));
    await client.send('PUT_BLOB_END', { crcTableSha256: HASH });
    await client.expect('BLOB_HELD', SOON);
    expect(received).toEqual([
      { name: 'PUT_BLOB', body: PUT },
      { name: 'DATA', body: chunk(0, 1500) },
      { name: 'PUT_BLOB_END', body: { crcTableSha256: HASH } },
    ]);
  });

  test('sent from many places at once never mix, and leave in the order of the calls', async () => {
    await using pair = await startPair({ self: NODE, channel: 'log' });
    await pair.client.send('LOG_OPEN', { epoch: 1, primary: NODE_1, commit: POSITION });
    await pair.node.expect('LOG_OPEN', SOON);
    await pair.node.send('LOG_POSITION', { promisedEpoch: 1, lastEpoch: 0, last: POSITION, commit: POSITION, generation: 1 });
    await pair.client.expect('LOG_POSITION', SOON);
    const lengths = Array.from({ length: 60 }, (_, index) => (index % 7 === 0 ? LOG_APPEND_RECORDS_BYTES_MAX : index));
    const sent = lengths.map((length, index) =>
      pair.client.send('LOG_APPEND', { epoch: 1, commitSeq: 0, prevSeq: index, prevHash: HASH, records: new Uint8Array(length) }),
    );
    for (const [index, length] of lengths.entries()) {
      const append = await pair.node.expect('LOG_APPEND', SOON);
      expect([append.prevSeq, append.records.length]).toEqual([index, length]);
    }
    await Promise.all(sent);
  });

  test('that are not legal are not sent, and leave the connection as it was', async () => {
    await using pair = await startPair();
    expect(await codeOf(pair.client.send('COMMITTED', {} as never))).toBe('NS_INTERNAL');
    expect(await codeOf(pair.client.send('HOLDINGS', { state: 'held', verifiedAtMs: null }))).toBe('NS_MESSAGE_UNEXPECTED');
    expect(await codeOf(pair.client.send('GET_HOLDINGS', { requestId: 'test', contentId: -1 }))).toBe('NS_INTERNAL');
    expect(pair.client.isIdle).toBe(true);
  });
});

describe('FAILURE', () => {
  test('is thrown with its code and what the sender knows, and the next conversation may begin', async () => {
    await using pair = await startPair();
    const asked = askHoldings(pair.client);
    await pair.node.receive(SOON);
    await pair.node.fail(new NetStoreError('NS_FENCED', 'Epoch is too old'), { epoch: 7, primary: NODE_1 });
    await expect(asked).rejects.toMatchObject({
      code: 'NS_FENCED',
      message: 'Epoch is too old',
      details: { epoch: 7, primary: NODE_1, peer: NODE_1 },
    });
    expect([pair.client.isIdle, pair.node.isIdle]).toEqual([true, true]);
    const again = askHoldings(pair.client);
    await pair.node.receive(SOON);
    await pair.node.send('HOLDINGS', { state: 'unknown', verifiedAtMs: null });
    expect(await again).toEqual({ state: 'unknown', verifiedAtMs: null });
  });

  test('reaches a peer that is still sending, and ends the connection', async () => {
    await using pair = await startPair();
    await pair.client.send('PUT_BLOB', PUT);
    const held = codeOf(pair.client.expect('BLOB_HELD', SOON));
    await pair.node.expect('PUT_BLOB', SOON);
    await pair.node.fail(new NetStoreError('NS_DISK_FULL', 'No room'));
    const sending = (async () => {
      for (let index = 0; index < 128; index += 1) await pair.client.sendData(chunk(index));
    })();
    expect(await held).toBe('NS_DISK_FULL');
    expect(await codeOf(sending)).toBe('NS_DISK_FULL');
    expect(pair.client.isBroken).toBe(true);
    await Promise.all([pair.client.closed, pair.node.closed]);
  });

  test('of a text that is too long is cut at a character', async () => {
    await using pair = await startPair();
    const asked = askHoldings(pair.client);
    await pair.node.receive(SOON);
    await pair.node.fail(new Error('€'.repeat(5_000)));
    await expect(asked).rejects.toMatchObject({ code: 'NS_INTERNAL', message: '€'.repeat(682) });
  });

  test('of a server that throws is sent by the listener', async () => {
    await using server = await startListener();
    await using client = await server.open();
    const asked = client.request('GET_STATUS', { requestId: 'test' }, 'STATUS', SOON);
    await expect(asked).rejects.toMatchObject({ code: 'NS_CONFLICT', message: 'This test answers no GET_STATUS' });
  });
});

describe('what a peer does wrong', () => {
  test.each([
    ['a message in the wrong place', encodeMessage('PUT_BLOB_END', { crcTableSha256: HASH }), 'NS_MESSAGE_UNEXPECTED'],
    ['a message for another role', encodeMessage('PUT_BLOB', { ...PUT, epoch: 3 }), 'NS_MESSAGE_UNEXPECTED'],
    ['the handshake again', encodeMessage('PROOF', { mac: HASH }), 'NS_MESSAGE_UNEXPECTED'],
    ['an unknown type', Buffer.from('00000001ee', 'hex'), 'NS_MESSAGE_UNKNOWN'],
    ['a length of nothing', Buffer.from('00000000', 'hex'), 'NS_FRAME_MALFORMED'],
    ['a length above every limit', Buffer.from('7fffffff', 'hex'), 'NS_FRAME_TOO_LARGE'],
    ['no CBOR', Buffer.from('0000000440ffffff', 'hex'), 'NS_FRAME_MALFORMED'],
  ])('%s is refused, told, and ends the connection', async (_what, bytes, code) => {
    const receiving = Promise.withResolvers<string>();
    await using server = await startListener({
      onConnection: async (connection) => {
        const received = connection.receive(SOON);
        receiving.resolve(codeOf(received));
        await received;
      },
    });
    await using proxy = await startInjector(server.port, bytes);
    const client = await server.open({ port: proxy.port });
    expect(await receiving.promise).toBe(code);
    expect(await codeOf(client.receive(SOON))).toBe(code);
    await client.closed;
  });

  test('an answer to another question is refused', async () => {
    await using pair = await startPair();
    const asked = codeOf(pair.client.request('GET_OPERATION', { requestId: 'test', operationId: BLOB as never }, 'COMMITTED', SOON));
    await pair.node.receive(SOON);
    await pair.node.send('OPERATION_UNKNOWN', {});
    expect(await asked).toBe('NS_MESSAGE_UNEXPECTED');
    expect(pair.client.isBroken).toBe(true);
  });
});

describe('waiting', () => {
  test('ends at the deadline, and the connection with it', async () => {
    await using pair = await startPair();
    expect(await codeOf(pair.client.request('GET_STATUS', { requestId: 'test' }, 'STATUS', { timeoutMs: 50 }))).toBe(
      'NS_DEADLINE_EXCEEDED',
    );
    expect(pair.client.isBroken).toBe(true);
    await pair.client.closed;
    await pair.node.expect('GET_STATUS', SOON);
    expect(await codeOf(pair.node.receive(SOON))).toBe('NS_CONNECTION_LOST');
  });

  test('ends at the deadline also in a frame that never ends', async () => {
    await using server = await startListener({
      onConnection: (connection) => connection.receive({ timeoutMs: 200 }).then(() => undefined),
    });
    const withoutEnd = encodeMessage('GET_STATUS', { requestId: 'test' }).subarray(0, -1);
    await using proxy = await startInjector(server.port, withoutEnd);
    await using client = await server.open({ port: proxy.port });
    expect(await codeOf(client.receive(SOON))).toBe('NS_CONNECTION_LOST');
    await until(() => server.refusals.length === 1);
    expect(server.refusals[0]?.code).toBe('NS_DEADLINE_EXCEEDED');
  });

  test('ends when it is aborted, and the connection with it', async () => {
    await using pair = await startPair();
    const aborting = new AbortController();
    const waiting = codeOf(pair.client.receive({ timeoutMs: 60_000, signal: aborting.signal }));
    aborting.abort(new NetStoreError('NS_UNAVAILABLE', 'stopping'));
    expect(await waiting).toBe('NS_UNAVAILABLE');
    await pair.client.closed;
  });

  test('ends when the peer is gone, and what it sent before is still read', async () => {
    await using pair = await startPair();
    await pair.client.send('PUT_BLOB', PUT);
    await pair.client.sendData(chunk(0));
    pair.client.end(new NetStoreError('NS_CONNECTION_LOST', 'done'));
    await pair.client.closed;
    await pair.node.expect('PUT_BLOB', SOON);
    await pair.node.expect('DATA', SOON);
    expect(await codeOf(pair.node.receive(SOON))).toBe('NS_CONNECTION_LOST');
  });

  test('twice at once is a defect of the caller', async () => {
    await using pair = await startPair();
    const first = codeOf(pair.client.receive(SOON));
    expect(await codeOf(pair.client.receive(SOON))).toBe('NS_INTERNAL');
    expect(await first).toBe('NS_INTERNAL');
  });
});

describe('a peer that reads slowly or not at all', () => {
  test('holds the sender up, whose memory stays bounded', async () => {
    await using pair = await startPair();
    await pair.client.send('PUT_BLOB', PUT);
    let sent = 0;
    const aborting = new AbortController();
    const sending = (async () => {
      for (;;) {
        await pair.client.sendData(chunk(sent % 128), aborting.signal);
        sent += 1;
      }
    })();
    const stopped = codeOf(sending);
    let before = -1;
    // The other side reads nothing: what has been sent comes to a stand.
    await until(() => {
      const isStanding = sent === before;
      before = sent;
      return isStanding && sent > 0;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const kernelBytesMax = 12 * 1024 * 1024;
    expect(sent * CHUNK_BYTES).toBeLessThan(2 * SOCKET_BUFFER_BYTES + READ_AHEAD_BYTES + kernelBytesMax);
    const standingAt = sent;
    await pair.node.expect('PUT_BLOB', SOON);
    for (let index = 0; index < standingAt; index += 1) expect((await pair.node.expect('DATA', SOON)).chunkIndex).toBe(index % 128);
    await until(() => sent > standingAt);
    aborting.abort(new NetStoreError('NS_UNAVAILABLE', 'enough'));
    expect(await stopped).toBe('NS_UNAVAILABLE');
  });

  test.each(['sender', 'receiver'] as const)('and is destroyed by the %s in mid-send: the send ends', async (who) => {
    await using pair = await startPair();
    await pair.client.send('PUT_BLOB', PUT);
    const sending = codeOf(
      (async () => {
        for (;;) await pair.client.sendData(chunk(0));
      })(),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const side = who === 'sender' ? pair.client : pair.node;
    side.destroy(new NetStoreError('NS_CONNECTION_LOST', 'destroyed by the test'));
    expect(await sending).toBe('NS_CONNECTION_LOST');
    expect(await codeOf(pair.client.send('PUT_BLOB_END', { crcTableSha256: HASH }))).toBe('NS_CONNECTION_LOST');
  });
});

test('a disposed connection is closed on both sides', async () => {
  await using pair = await startPair();
  {
    await using connection = pair.client;
    expect(connection.isBroken).toBe(false);
  }
  expect(pair.client.isBroken).toBe(true);
  await pair.node.closed;
});

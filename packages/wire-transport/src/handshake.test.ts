import { randomBytes } from 'node:crypto';
import { decodeMessage, encodeMessage, FrameDecoder, type Incoming, type MessageBody } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { HANDSHAKE_TIMEOUT_MS } from './handshake.ts';
import {
  askHoldings,
  CLUSTER,
  codeOf,
  GATEWAY,
  INCARNATION,
  KEY,
  NODE,
  NODE_1,
  NODE_2,
  OTHER_CLUSTER,
  openRaw,
  type RawSocket,
  SERVER,
  startListener,
  startRaw,
  until,
} from './testing/peers.ts';

const HELLO: MessageBody<'HELLO'> = {
  protocolMin: 1,
  protocolMax: 1,
  role: 'gateway',
  channel: 'conversation',
  nodeId: null,
  clusterId: null,
  incarnation: null,
  nonce: randomBytes(32),
};

function messagesOf(bytes: Buffer): Incoming[] {
  return [...new FrameDecoder().push(bytes)].map(decodeMessage);
}

function firstFailure(raw: RawSocket): string | undefined {
  const failure = messagesOf(raw.received()).find((message) => message.name === 'FAILURE');
  return failure?.name === 'FAILURE' ? failure.body.code : undefined;
}

describe('two sides that fit', () => {
  test('know each other afterwards', async () => {
    const peers: unknown[] = [];
    await using server = await startListener({
      onConnection: async (connection) => {
        peers.push(connection.peer);
        await connection.closed;
      },
    });
    await using connection = await server.open({ self: NODE, channel: 'log', expect: { nodeId: NODE_1, clusterId: CLUSTER } });
    expect(connection.peer).toEqual({ ...SERVER, role: 'node', channel: 'log', protocol: 1, address: `127.0.0.1:${server.port}` });
    await until(() => peers.length === 1);
    expect(peers[0]).toMatchObject({
      role: 'node',
      nodeId: NODE_2,
      clusterId: CLUSTER,
      incarnation: INCARNATION,
      channel: 'log',
      protocol: 1,
    });
    expect(server.refusals).toEqual([]);
  });

  test('may belong to no cluster yet, either of them', async () => {
    await using blankServer = await startListener({ self: () => ({ nodeId: NODE_1, clusterId: null, incarnation: null }) });
    await using toBlank = await blankServer.open({ self: NODE, channel: 'control' });
    expect(toBlank.peer.clusterId).toBeNull();
    await using server = await startListener();
    await using fromBlank = await server.open({ self: { ...NODE, clusterId: null, incarnation: null }, channel: 'control' });
    expect(fromBlank.peer.clusterId).toBe(CLUSTER);
  });
});

describe('two sides that do not fit', () => {
  test.each([
    ['another key', { key: Buffer.alloc(32, 8) }, 'NS_WRONG_CLUSTER_KEY'],
    ['another cluster', { self: { ...NODE, clusterId: OTHER_CLUSTER } }, 'NS_WRONG_CLUSTER'],
    ['another cluster, expected', { expect: { clusterId: OTHER_CLUSTER } }, 'NS_WRONG_CLUSTER'],
    ['another node, expected', { expect: { nodeId: NODE_2 } }, 'NS_WRONG_NODE'],
    ['a gateway on the control channel', { channel: 'control' }, 'NS_MESSAGE_UNEXPECTED'],
    ['a gateway on the log channel', { channel: 'log' }, 'NS_MESSAGE_UNEXPECTED'],
    ['a node without an id', { self: { ...NODE, nodeId: null } }, 'NS_FRAME_MALFORMED'],
    ['a gateway with a node id', { self: { ...GATEWAY, nodeId: NODE_2 } }, 'NS_FRAME_MALFORMED'],
  ] as const)('%s: both are told why, and others are served', async (_what, options, code) => {
    await using server = await startListener();
    expect(await codeOf(server.open(options))).toBe(code);
    await until(() => server.refusals.length === 1);
    expect(server.refusals[0]?.code).toBe(code);
    await using connection = await server.open();
    expect(await askHoldings(connection)).toMatchObject({ state: 'held' });
  });

  test('a blank server is not of the cluster that is expected', async () => {
    await using server = await startListener({ self: () => ({ nodeId: NODE_1, clusterId: null, incarnation: null }) });
    expect(await codeOf(server.open({ expect: { clusterId: CLUSTER } }))).toBe('NS_WRONG_CLUSTER');
  });

  test('no version in common: the client is told both ranges', async () => {
    await using server = await startListener();
    const raw = await openRaw(server.port);
    raw.socket.write(encodeMessage('HELLO', { ...HELLO, protocolMin: 2, protocolMax: 3 }));
    await raw.closed;
    const [failure] = messagesOf(raw.received());
    expect(failure).toMatchObject({
      name: 'FAILURE',
      body: { code: 'NS_VERSION_UNSUPPORTED', message: expect.stringMatching(/1 to 1.*2 to 3/) },
    });
  });

  test('a version that the client did not offer is refused by the client', async () => {
    await using server = await startRaw((socket) => {
      const { nodeId, clusterId, incarnation } = SERVER;
      socket.write(encodeMessage('CHALLENGE', { protocol: 2, nodeId, clusterId, incarnation, nonce: randomBytes(32) }));
    });
    await using unused = await startListener();
    expect(await codeOf(unused.open({ port: server.port }))).toBe('NS_VERSION_UNSUPPORTED');
  });
});

describe('a server that does not know the key', () => {
  test('is not believed, whatever it answers to the proof', async () => {
    await using server = await startRaw((socket) => {
      socket.once('data', () => {
        const { nodeId, clusterId, incarnation } = SERVER;
        socket.write(encodeMessage('CHALLENGE', { protocol: 1, nodeId, clusterId, incarnation, nonce: randomBytes(32) }));
        socket.once('data', () => socket.write(encodeMessage('WELCOME', { mac: randomBytes(32) })));
      });
    });
    await using unused = await startListener();
    expect(await codeOf(unused.open({ port: server.port }))).toBe('NS_WRONG_CLUSTER_KEY');
  });

  test('cannot answer with the proof that it was sent', async () => {
    await using server = await startRaw((socket) => {
      socket.once('data', () => {
        const { nodeId, clusterId, incarnation } = SERVER;
        socket.write(encodeMessage('CHALLENGE', { protocol: 1, nodeId, clusterId, incarnation, nonce: randomBytes(32) }));
        socket.once('data', (proof: Buffer) => {
          const [message] = messagesOf(proof);
          if (message?.name === 'PROOF') socket.write(encodeMessage('WELCOME', message.body));
        });
      });
    });
    await using unused = await startListener();
    expect(await codeOf(unused.open({ port: server.port }))).toBe('NS_WRONG_CLUSTER_KEY');
  });

  test('cannot make a gateway believe in an epoch or a full disk', async () => {
    await using server = await startRaw((socket) => {
      socket.write(encodeMessage('FAILURE', { code: 'NS_FENCED', message: 'Epoch is 999', epoch: 999, primary: NODE_2 }));
    });
    await using unused = await startListener();
    const refused = unused.open({ port: server.port });
    await expect(refused).rejects.toMatchObject({ code: 'NS_CONNECTION_LOST', details: {} });
  });
});

describe('a stranger', () => {
  test.each([
    ['garbage', randomBytes(64), /NS_FRAME_|NS_MESSAGE_UNKNOWN/],
    ['text of another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), /NS_FRAME_TOO_LARGE/],
    ['a length of nothing', Buffer.from('00000000', 'hex'), /NS_FRAME_MALFORMED/],
    ['a length above the limit before the handshake', Buffer.from('0000100201', 'hex'), /NS_FRAME_TOO_LARGE/],
    ['the greatest length', Buffer.from('ffffffff', 'hex'), /NS_FRAME_TOO_LARGE/],
    ['a message of a conversation', encodeMessage('GET_STATUS', { requestId: 'x' }), /NS_MESSAGE_UNEXPECTED/],
    ['a proof without a challenge', encodeMessage('PROOF', { mac: randomBytes(32) }), /NS_MESSAGE_UNEXPECTED/],
    ['a HELLO with a field too many', Buffer.from('0000000401a1617801', 'hex'), /NS_FRAME_MALFORMED/],
  ])('who sends %s is told so and closed', async (_what, bytes, code) => {
    await using server = await startListener();
    const raw = await openRaw(server.port);
    raw.socket.write(bytes);
    await raw.closed;
    expect(firstFailure(raw)).toMatch(code);
    await until(() => server.refusals.length === 1);
    expect(server.refusals[0]?.code).toMatch(code);
  });

  test('who says nothing, or stops in the middle, is closed after the deadline', async () => {
    await using server = await startListener();
    const startedAt = performance.now();
    const silent = await openRaw(server.port);
    const stopping = await openRaw(server.port);
    stopping.socket.write(encodeMessage('HELLO', HELLO).subarray(0, 40));
    await Promise.all([silent.closed, stopping.closed]);
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(HANDSHAKE_TIMEOUT_MS - 500);
    expect(tookMs).toBeLessThan(HANDSHAKE_TIMEOUT_MS + 2_000);
    expect(server.refusals.map(({ code }) => code)).toEqual(['NS_DEADLINE_EXCEEDED', 'NS_DEADLINE_EXCEEDED']);
  });

  test('who replays what a gateway once sent is refused', async () => {
    await using server = await startListener();
    const recorded: Buffer[] = [];
    await using recorder = await startRaw((socket) => {
      void openRaw(server.port).then(({ socket: target }) => {
        socket.on('data', (chunk: Buffer) => {
          recorded.push(chunk);
          target.write(chunk);
        });
        target.on('data', (chunk) => socket.write(chunk));
      });
    });
    await using connection = await server.open({ port: recorder.port });
    await askHoldings(connection);
    const replay = await openRaw(server.port);
    replay.socket.write(Buffer.concat(recorded));
    await replay.closed;
    expect(firstFailure(replay)).toBe('NS_WRONG_CLUSTER_KEY');
  });
});

test('a key of another length is another key', async () => {
  await using server = await startListener({ key: KEY.subarray(0, 31) });
  expect(await codeOf(server.open())).toBe('NS_WRONG_CLUSTER_KEY');
});

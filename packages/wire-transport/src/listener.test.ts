import { once } from 'node:events';
import { connect } from 'node:net';
import { encodeMessage } from '@netstore/wire-protocol';
import { describe, expect, test } from 'vitest';
import { CLOSE_GRACE_MS, HALF_OPEN_MAX, listen } from './listener.ts';
import { askHoldings, codeOf, GATEWAY, KEY, openRaw, SERVER, SOON, startListener, startRaw, until } from './testing/peers.ts';

const OPTIONS = {
  port: 0,
  key: KEY,
  self: () => SERVER,
  connectionsMax: 1,
  onConnection: async () => undefined,
};

describe('where a listener may listen', () => {
  test.each(['0.0.0.0', '::', '192.0.2.1', 'example.org', '128.0.0.1'])('%s needs to be allowed, and the error says how', async (host) => {
    await expect(listen({ ...OPTIONS, host, allowInsecure: false })).rejects.toMatchObject({
      code: 'NS_CONFIG_INVALID',
      message: expect.stringMatching(/NETSTORE_ALLOW_INSECURE_WIRE=1/),
    });
  });

  test.each([
    ['127.0.0.1', false],
    ['localhost', false],
    ['0.0.0.0', true],
  ])('%s is fine when allowInsecure is %s', async (host, allowInsecure) => {
    await using listener = await listen({ ...OPTIONS, host, allowInsecure });
    expect(listener.address.port).toBeGreaterThan(0);
  });

  test('a port that is taken is an error of the configuration', async () => {
    await using server = await startListener();
    await expect(listen({ ...OPTIONS, host: '127.0.0.1', port: server.port, allowInsecure: false })).rejects.toMatchObject({
      code: 'NS_CONFIG_INVALID',
      message: expect.stringMatching(/EADDRINUSE/),
    });
  });
});

describe('many connections', () => {
  test('500 that never finish the handshake cost bounded memory and shut nobody out', async () => {
    await using server = await startListener();
    const before = process.memoryUsage().rss;
    const strangers = await Promise.all(Array.from({ length: 500 }, () => openRaw(server.port)));
    for (const { socket } of strangers) socket.write(encodeMessage('PROOF', { mac: new Uint8Array(32) }).subarray(0, 20));
    await until(() => strangers.filter(({ socket }) => !socket.closed).length <= HALF_OPEN_MAX);
    await using connection = await server.open();
    expect(await askHoldings(connection)).toMatchObject({ state: 'held' });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    expect(new Set(server.refusals.map(({ code }) => code))).toEqual(new Set(['NS_BUSY']));
    for (const { socket } of strangers) socket.destroy();
  });

  test('300 that were refused and do not go are not kept either', async () => {
    await using server = await startListener();
    const strangers = Array.from({ length: 300 }, () => connect({ host: '127.0.0.1', port: server.port, allowHalfOpen: true }));
    for (const socket of strangers) socket.resume().write('GET / HTTP/1.1\r\n\r\n');
    await until(() => server.refusals.length === strangers.length);
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    await until(() => sockets() <= strangers.length + HALF_OPEN_MAX, 1_500);
    for (const socket of strangers) socket.destroy();
  });

  test('one more than allowed is told so, and a place that becomes free is given again', async () => {
    await using server = await startListener({ connectionsMax: 2 });
    const first = await server.open();
    await using second = await server.open();
    await Promise.all([askHoldings(first), askHoldings(second)]);
    const third = await server.open();
    expect(await codeOf(third.receive(SOON))).toBe('NS_BUSY');
    await first[Symbol.asyncDispose]();
    await until(() => server.listener.connectionCount === 1);
    await using fourth = await server.open();
    expect(await askHoldings(fourth)).toMatchObject({ state: 'held' });
  });
});

describe('a listener that closes', () => {
  test('ends strangers and idle connections at once', async () => {
    const server = await startListener();
    const stranger = await openRaw(server.port);
    const connection = await server.open();
    await askHoldings(connection);
    const startedAt = performance.now();
    await server[Symbol.asyncDispose]();
    expect(performance.now() - startedAt).toBeLessThan(CLOSE_GRACE_MS);
    expect(server.refusals.map(({ message }) => message)).toEqual(['This node is stopping']);
    await Promise.all([stranger.closed, connection.closed]);
    expect(await codeOf(server.open())).toBe('NS_UNAVAILABLE');
  });

  test('lets a conversation that is under way come to its end', async () => {
    const asked = Promise.withResolvers<void>();
    const server = await startListener({
      onConnection: async (connection, signal) => {
        await connection.receive(SOON);
        asked.resolve();
        await once(signal, 'abort');
        await connection.send('HOLDINGS', { state: 'held', verifiedAtMs: null });
      },
    });
    const connection = await server.open();
    const answer = askHoldings(connection);
    await asked.promise;
    await server[Symbol.asyncDispose]();
    expect(await answer).toMatchObject({ state: 'held' });
    await connection.closed;
  });

  test('does not wait for ever', async () => {
    const server = await startListener({ onConnection: (connection) => connection.closed });
    const connection = await server.open();
    await until(() => server.listener.connectionCount === 1);
    const startedAt = performance.now();
    await server[Symbol.asyncDispose]();
    expect(performance.now() - startedAt).toBeLessThan(CLOSE_GRACE_MS + 2_000);
    await connection.closed;
  });

  test('may be closed twice', async () => {
    const server = await startListener();
    await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
    expect(await codeOf(server.open({ self: GATEWAY }))).toBe('NS_UNAVAILABLE');
  });
});

test('a node that cannot say who it is closes the connection', async () => {
  await using server = await startListener({
    self: () => {
      throw new Error('identity is not read yet');
    },
  });
  expect(await codeOf(server.open())).toBe('NS_CONNECTION_LOST');
  expect(server.refusals).toEqual([{ code: 'NS_INTERNAL', message: 'identity is not read yet' }]);
});

test('a peer that leaves between conversations is no refusal; one that leaves in the middle is', async () => {
  const server = await startListener({
    onConnection: async (connection) => {
      for (;;) {
        await connection.receive(SOON);
        await connection.receive(SOON);
      }
    },
  });
  const polite = await server.open();
  await polite[Symbol.asyncDispose]();
  await until(() => server.listener.connectionCount === 0);
  expect(server.refusals).toEqual([]);
  const rude = await server.open();
  await rude.send('GET_HOLDINGS', { requestId: 'test', contentId: 1 });
  await rude[Symbol.asyncDispose]();
  await until(() => server.refusals.length === 1);
  expect(server.refusals[0]?.code).toBe('NS_CONNECTION_LOST');
  await server[Symbol.asyncDispose]();
});

test('connecting where nobody listens fails at once, and to a host that stays silent after the deadline', async () => {
  const server = await startListener();
  await server[Symbol.asyncDispose]();
  expect(await codeOf(server.open())).toBe('NS_UNAVAILABLE');
  await using silent = await startRaw(() => undefined);
  expect(await codeOf(server.open({ port: silent.port, timeoutMs: 100 }))).toBe('NS_DEADLINE_EXCEEDED');
});

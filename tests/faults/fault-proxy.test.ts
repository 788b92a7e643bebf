import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultProxy } from './fault-proxy.ts';

let echo: Server;
let proxy: FaultProxy;
const peers: Socket[] = [];

beforeEach(async () => {
  peers.length = 0;
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    peers.push(socket);
    pipeline(socket, new PassThrough(), socket).catch(() => undefined);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.start({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  for (const peer of peers) peer.destroy();
  echo.close();
});

function dial(): Socket {
  return connect(proxy.port, '127.0.0.1').on('error', () => undefined);
}

/** Sends, ends, and gives what came back until the end; rejects when the connection broke. */
async function roundTrip(bytes: Buffer): Promise<Buffer> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(bytes);
  const parts: Buffer[] = [];
  for await (const part of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

describe('the proxy', () => {
  test('passes everything on when it is told nothing', async () => {
    const bytes = randomBytes(3_000_000);
    expect((await roundTrip(bytes)).equals(bytes)).toBe(true);
    expect(proxy.flipped).toBe(0);
  });

  test('slices to single bytes without losing one', async () => {
    proxy.faults = { toServer: { sliceBytes: 1 }, toClient: { sliceBytes: 3 } };
    const bytes = randomBytes(2_000);
    expect((await roundTrip(bytes)).equals(bytes)).toBe(true);
  });

  test('is late by its latency in each direction', async () => {
    proxy.faults = { toServer: { latencyMs: 100 }, toClient: { latencyMs: 100 } };
    const startedAt = performance.now();
    await roundTrip(Buffer.from('late'));
    expect(performance.now() - startedAt).toBeGreaterThan(195);
  });

  test('cuts after as many bytes as it was told', async () => {
    proxy.faults = { toClient: { cutAfterBytes: 1_000_000, sliceBytes: 10_000 } };
    await expect(roundTrip(randomBytes(2_000_000))).rejects.toThrow();
  });

  test('turns over bits and counts them', async () => {
    proxy.faults = { toServer: { flipOneIn: 100_000 } };
    const bytes = randomBytes(3_000_000);
    const back = await roundTrip(bytes);
    expect(back.length).toBe(bytes.length);
    expect(back.filter((byte, index) => byte !== bytes[index]).length).toBe(proxy.flipped);
    expect(proxy.flipped).toBeGreaterThan(2);
  });

  test('is silent while it is held, also about an end, and delivers then', async () => {
    proxy.faults = { toServer: { isHeld: true } };
    let received = '';
    const socket = dial().setEncoding('utf8');
    socket.on('readable', () => {
      received += socket.read() ?? '';
    });
    await once(socket, 'connect');
    socket.end('held');
    await sleep(150);
    expect(received).toBe('');
    proxy.faults = {};
    await once(socket, 'end');
    expect(received).toBe('held');
  });

  test('refuses and resets', async () => {
    const open = dial();
    await once(open, 'connect');
    open.write('x');
    await once(open.resume(), 'data');
    const closed = new Promise((resolve) => open.once('close', resolve));
    proxy.resetAll();
    await closed;
    proxy.faults = { isRefusing: true };
    await expect(roundTrip(Buffer.from('x'))).rejects.toThrow();
    expect(proxy.connectionCount).toBe(0);
  });
});

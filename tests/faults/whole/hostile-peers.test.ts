/**
 * Peers that are broken or hostile (H3, H4, H6, H8): refused or closed, memory and descriptors flat, others served. Garbage, bad lengths, foreign keys and illegal
 * messages are in the services' own suites.
 */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../support/gateway.ts';
import { residentBytes } from '../../support/memory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { WireClient } from '../../support/wire-client.ts';
import { NODE_1 } from '../fault-cluster.ts';

const MIB = 1024 * 1024;
const HALF_OPEN = 2_000;
const CLOSE_WITHIN_MS = 8_000;
const LONG_MS = 120_000;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.[Symbol.asyncDispose]());
afterEach(async () => {
  const files = await gateway.client();
  expect((await files.upload({ path: 'others', seed: 'others', sizeBytes: 1_000 })).status, 'others are served').toBe(201);
});

const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

function dial(target: { readonly host: string; readonly port: number }): Socket {
  return connect(target)
    .on('error', () => undefined)
    .resume();
}

/** Resolves with how long the other side kept it; rejects when it keeps it for too long. */
async function closedAfter(socket: Socket, limitMs: number): Promise<number> {
  const startedAtMs = performance.now();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await Promise.race([closed, sleep(limitMs).then(() => Promise.reject(new Error(`Still open after ${limitMs} ms`)))]).finally(() =>
    socket.destroy(),
  );
  return performance.now() - startedAtMs;
}

describe('on the wire of a node', () => {
  test('a frame that never ends, one byte at a time, is given up', async () => {
    const socket = dial(gateway.nodes.address(NODE_1));
    await once(socket, 'connect');
    const header = Buffer.from([0, 0, 2, 0, 1]);
    socket.write(header);
    const dripping = setInterval(() => socket.write('x'), 100);
    await closedAfter(socket, CLOSE_WITHIN_MS).finally(() => clearInterval(dripping));
  });

  test(
    `${HALF_OPEN} connections that say nothing are closed, and cost nothing that stays`,
    async () => {
      const pid = gateway.nodes.pid(NODE_1);
      const before = { bytes: residentBytes(pid) ?? 0, descriptors: descriptors(pid) };
      const sockets = Array.from({ length: HALF_OPEN }, () => dial(gateway.nodes.address(NODE_1)));
      await using client = gateway.nodes.client(NODE_1);
      expect((await client.status()).canCommit, 'a peer that knows what to say is heard between them').toBe(true);
      expect((residentBytes(pid) ?? 0) - before.bytes).toBeLessThan(100 * MIB);
      // Whoever could not even connect does not count: what counts is that the node has let go of all of them.
      await waitUntil('the descriptors are given back', 3 * CLOSE_WITHIN_MS, () => descriptors(pid) <= before.descriptors + 10);
      for (const socket of sockets) socket.destroy();
    },
    LONG_MS,
  );

  test('a handshake that was listened to cannot be said again', async () => {
    const { host, port } = gateway.nodes.address(NODE_1);
    const heard: Buffer[] = [];
    const relay = createServer((client) => {
      const server = dial({ host, port });
      client.on('error', () => undefined);
      client.on('data', (bytes: Buffer) => {
        heard.push(bytes);
        server.write(bytes);
      });
      server.on('data', (bytes) => client.write(bytes));
      client.once('close', () => server.destroy());
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const address = relay.address();
    if (address === null || typeof address === 'string') throw new Error('The relay has no port');
    {
      await using client = new WireClient({ host, port: address.port, nodeId: NODE_1, key: gateway.nodes.key });
      expect((await client.status()).nodeId).toBe(NODE_1);
    }
    relay.close();
    const again = dial({ host, port });
    let answered = 0;
    again.on('data', (bytes) => {
      answered += bytes.length;
    });
    again.write(Buffer.concat(heard));
    await closedAfter(again, CLOSE_WITHIN_MS);
    // The server's side of a handshake, and a refusal: nothing as long as a status.
    expect(answered).toBeLessThan(600);
  });
});

describe('on HTTP', () => {
  const target = (): { host: string; port: number } => {
    const { hostname, port } = new URL(gateway.url);
    return { host: hostname, port: Number(port) };
  };

  test.each([
    ['no HTTP at all', 'gibberish\r\n\r\n'],
    ['a head without an end', `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['two lengths', 'PUT /api/v1/spaces/home-admin/files/x HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    [
      'a length and chunks',
      'PUT /api/v1/spaces/home-admin/files/x HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a chunk of no length', 'PUT /api/v1/spaces/home-admin/files/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['a header with a bare line feed', 'GET / HTTP/1.1\r\nhost: x\nevil: y\r\n\r\n'],
  ])('%s is refused and closed', async (_, text) => {
    const socket = dial(target());
    await once(socket, 'connect');
    socket.write(text);
    await closedAfter(socket, CLOSE_WITHIN_MS);
  });

  test(
    'a head that comes a byte at a time is given up, and hundreds of them hold up nobody',
    async () => {
      const before = residentBytes(gateway.pid) ?? 0;
      const sockets = Array.from({ length: 300 }, () => dial(target()));
      const dripping = setInterval(() => {
        for (const socket of sockets) if (!socket.destroyed) socket.write('G');
      }, 500);
      await sleep(2_000);
      const files = await gateway.client();
      expect((await files.upload({ path: 'between', seed: 'between', sizeBytes: 500_000 })).status).toBe(201);
      expect((residentBytes(gateway.pid) ?? 0) - before).toBeLessThan(100 * MIB);
      await Promise.all(sockets.map((socket) => (socket.destroyed ? undefined : closedAfter(socket, 70_000)))).finally(() =>
        clearInterval(dripping),
      );
    },
    LONG_MS,
  );
});

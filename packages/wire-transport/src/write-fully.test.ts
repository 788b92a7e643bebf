import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { NetStoreError } from '@netstore/shared-types';
import { describe, expect, test } from 'vitest';
import { codeOf, startRaw, until } from './testing/peers.ts';
import { WRITE_SLICE_BYTES, writeFully } from './write-fully.ts';

/** More than the kernel takes for a peer that does not read. */
const LONG_BYTES = 64 * 1024 * 1024;
const OPTIONS = { progressTimeoutMs: 5_000 };

interface Pair extends AsyncDisposable {
  readonly near: Socket;
  readonly far: Socket;
}

/** `far` reads nothing before it is told to. */
async function startPair(): Promise<Pair> {
  const accepted = Promise.withResolvers<Socket>();
  const server = await startRaw(accepted.resolve);
  const near = connect({ host: '127.0.0.1', port: server.port });
  near.on('error', () => undefined);
  await once(near, 'connect');
  const dispose = async (): Promise<void> => {
    near.destroy();
    await server[Symbol.asyncDispose]();
  };
  return { near, far: await accepted.promise, [Symbol.asyncDispose]: dispose };
}

describe('writeFully', () => {
  test('writes all parts one behind the other', async () => {
    await using pair = await startPair();
    const received: Buffer[] = [];
    pair.far.on('data', (chunk: Buffer) => received.push(chunk));
    const parts = [Buffer.from('a'), Buffer.alloc(WRITE_SLICE_BYTES, 'b'), Buffer.alloc(3 * WRITE_SLICE_BYTES + 1, 'c'), Buffer.from('d')];
    await writeFully(pair.near, parts, OPTIONS);
    const expected = Buffer.concat(parts);
    await until(() => Buffer.concat(received).length === expected.length);
    expect(Buffer.concat(received).equals(expected)).toBe(true);
  });

  test('hands the socket a slice at a time while the peer does not read', async () => {
    await using pair = await startPair();
    const writing = codeOf(writeFully(pair.near, [Buffer.alloc(LONG_BYTES)], OPTIONS));
    await until(() => pair.near.writableNeedDrain);
    expect(pair.near.writableLength).toBeLessThanOrEqual(WRITE_SLICE_BYTES);
    pair.far.resume();
    expect(await writing).toBe('no error');
  });

  test('gives up when the peer takes nothing for too long', async () => {
    await using pair = await startPair();
    const writing = writeFully(pair.near, [Buffer.alloc(LONG_BYTES)], { progressTimeoutMs: 100 });
    await expect(writing).rejects.toMatchObject({ code: 'NS_DEADLINE_EXCEEDED', message: expect.stringMatching(/nothing for 100 ms/) });
  });

  test('does not give up on a peer that reads slowly', async () => {
    await using pair = await startPair();
    const writing = codeOf(writeFully(pair.near, [Buffer.alloc(LONG_BYTES)], { progressTimeoutMs: 1_000 }));
    const startedAt = performance.now();
    // 4 MiB at a time with pauses: slower as a whole than the deadline for each step.
    void (async () => {
      while (pair.far.readable) {
        for (let read = 0; read < 4 * 1024 * 1024; ) {
          const chunk: Buffer | null = pair.far.read();
          if (chunk === null) await new Promise(setImmediate);
          else read += chunk.length;
          if (pair.far.destroyed) return;
        }
        await new Promise((resolve) => setTimeout(resolve, 120));
      }
    })();
    expect(await writing).toBe('no error');
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
  });

  test.each(['near', 'far'] as const)('ends when the %s end is destroyed meanwhile', async (end) => {
    await using pair = await startPair();
    const writing = codeOf(writeFully(pair.near, [Buffer.alloc(LONG_BYTES)], OPTIONS));
    await until(() => pair.near.writableNeedDrain);
    if (end === 'near') pair.near.destroy();
    else pair.far.resetAndDestroy();
    expect(await writing).toBe('NS_CONNECTION_LOST');
  });

  test('ends when it is aborted', async () => {
    await using pair = await startPair();
    const aborting = new AbortController();
    const writing = codeOf(writeFully(pair.near, [Buffer.alloc(LONG_BYTES)], { ...OPTIONS, signal: aborting.signal }));
    await until(() => pair.near.writableNeedDrain);
    aborting.abort(new NetStoreError('NS_UNAVAILABLE', 'stopping'));
    expect(await writing).toBe('NS_UNAVAILABLE');
  });

  test('refuses a socket that is closed', async () => {
    await using pair = await startPair();
    pair.near.destroy();
    expect(await codeOf(writeFully(pair.near, [Buffer.from('x')], OPTIONS))).toBe('NS_CONNECTION_LOST');
  });
});

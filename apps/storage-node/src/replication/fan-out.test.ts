import { type BlobId, NetStoreError, type NodeId } from '@netstore/shared-types';
import type { Connection } from '@netstore/wire-transport';
import { describe, expect, test } from 'vitest';
import { FanOut } from './fan-out.ts';
import type { Peer } from './peers.ts';

const blobId = 'b'.repeat(32) as BlobId;
const chunk = (chunkIndex: number) => ({ chunkIndex, crc: 0, bytes: new Uint8Array(64 * 1024) });
const digest = new Uint8Array(32);

/** A secondary in memory: takes chunks as fast as `take` resolves, then says that it holds the blob, or refuses. */
function secondary(
  id: string,
  { take = async () => undefined as unknown, refusal }: { take?: () => Promise<unknown>; refusal?: NetStoreError } = {},
) {
  const taken: number[] = [];
  const peer = {
    id: id as NodeId,
    pool: {
      use: async (work: (connection: Connection) => Promise<void>, { signal }: { signal: AbortSignal }) => {
        const held = Promise.withResolvers<object>();
        signal.addEventListener('abort', () => held.reject(signal.reason));
        if (refusal !== undefined) setImmediate(() => held.reject(refusal));
        const connection = {
          send: async (name: string) => {
            if (name === 'PUT_BLOB_END' && refusal === undefined) held.resolve({});
          },
          sendData: async ({ chunkIndex }: { chunkIndex: number }) => {
            await take();
            taken.push(chunkIndex);
          },
          expect: () => held.promise,
        };
        await work(connection as unknown as Connection);
      },
    },
  };
  return { peer: peer as unknown as Peer, taken };
}

const never = (): Promise<never> => new Promise(() => undefined);
const start = (...peers: Peer[]): FanOut => new FanOut({ requestId: 'test', epoch: 1, blobId, lengthBytes: 1, peers });

async function sendAll(fanOut: FanOut, count: number): Promise<NodeId> {
  for (let index = 0; index < count; index += 1) await fanOut.write(chunk(index));
  return fanOut.finish(digest);
}

describe('fan-out', () => {
  test('gives every chunk to both secondaries in order', async () => {
    const [second, third] = [secondary('node-2'), secondary('node-3')];
    await using fanOut = start(second.peer, third.peer);
    await sendAll(fanOut, 40);
    const all = Array.from({ length: 40 }, (_, index) => index);
    await expect.poll(() => [second.taken, third.taken]).toEqual([all, all]);
  });

  test('drops a secondary that stalls, after its grace, and ends with the other', async () => {
    const [second, third] = [secondary('node-2', { take: never }), secondary('node-3')];
    await using fanOut = start(second.peer, third.peer);
    const startedAt = performance.now();
    await expect(sendAll(fanOut, 100)).resolves.toBe('node-3');
    expect(performance.now() - startedAt).toBeGreaterThan(200);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(third.taken).toHaveLength(100);
  });

  test('goes on with one secondary when the other refuses', async () => {
    const refusing = secondary('node-2', { refusal: new NetStoreError('NS_DISK_FULL', 'full') });
    await using fanOut = start(refusing.peer, secondary('node-3').peer);
    await expect(sendAll(fanOut, 5)).resolves.toBe('node-3');
  });

  test('says who refused and why when nobody holds the blob', async () => {
    const [second, third] = [
      secondary('node-2', { refusal: new NetStoreError('NS_FENCED', 'too old') }),
      secondary('node-3', { refusal: new NetStoreError('NS_DISK_FULL', 'full') }),
    ];
    await using fanOut = start(second.peer, third.peer);
    await expect(sendAll(fanOut, 5)).rejects.toMatchObject({
      code: 'NS_NO_QUORUM',
      message: expect.stringMatching(/node-2: NS_FENCED.*node-3: NS_DISK_FULL/),
    });
  });

  test('says that the disks are full when that is why', async () => {
    const full = new NetStoreError('NS_DISK_FULL', 'full');
    await using fanOut = start(secondary('node-2', { refusal: full }).peer, secondary('node-3', { refusal: full }).peer);
    await expect(sendAll(fanOut, 5)).rejects.toMatchObject({ code: 'NS_DISK_FULL' });
  });

  test('ends its conversations when the blob is given up', async () => {
    const second = secondary('node-2');
    const fanOut = start(second.peer);
    await fanOut.write(chunk(0));
    await fanOut[Symbol.asyncDispose]();
    await expect(fanOut.finish(digest)).rejects.toMatchObject({ code: 'NS_NO_QUORUM' });
  });
});

import { newUserId } from '@netstore/shared-types';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SLAB_BYTES, UploadMemory } from './upload-memory.ts';

const MIB = 1024 * 1024;
const user = newUserId();
const signal = new AbortController().signal;
const admission = { user, bodyBytes: undefined, signal };

describe('the memory of uploads', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('gives an upload a slab at once, and more while there are some', async () => {
    const memory = new UploadMemory({ budgetBytes: 4 * SLAB_BYTES, uploadsPerUserMax: 10 });
    using share = await memory.admit(admission);
    const slabs = Array.from({ length: 5 }, () => share.takeSlab());
    expect(slabs.map((slab) => slab?.length)).toEqual([SLAB_BYTES, SLAB_BYTES, SLAB_BYTES, SLAB_BYTES, undefined]);
    expect(memory.usedBytes).toBe(4 * SLAB_BYTES);
    for (const slab of slabs) if (slab !== undefined) share.giveBack(slab);
    expect(memory.usedBytes).toBe(SLAB_BYTES);
  });

  test('never lets an admitted upload wait for its first slab', async () => {
    const memory = new UploadMemory({ budgetBytes: 2 * SLAB_BYTES, uploadsPerUserMax: 10 });
    using one = await memory.admit(admission);
    using two = await memory.admit(admission);
    for (const share of [one, two, one, two]) {
      const slab = share.takeSlab();
      expect(slab).toBeDefined();
      expect(share.takeSlab()).toBeUndefined();
      if (slab !== undefined) share.giveBack(slab);
    }
  });

  test('gives a small body what it needs', async () => {
    const memory = new UploadMemory({ budgetBytes: SLAB_BYTES, uploadsPerUserMax: 1000 });
    const shares = await Promise.all(Array.from({ length: 60 }, () => memory.admit({ ...admission, bodyBytes: 4096 })));
    expect(memory.usedBytes).toBe(60 * 4096);
    expect(shares[0]?.takeSlab()?.length).toBe(4096);
    for (const share of shares) share[Symbol.dispose]();
    expect(memory.usedBytes).toBe(0);
  });

  test('shrinks blobs from 8 MiB to one slab as it gets crowded', async () => {
    const memory = new UploadMemory({ budgetBytes: 128 * MIB, uploadsPerUserMax: 1000 });
    const first = await memory.admit(admission);
    expect(first.blobBytesMax).toBe(8 * MIB);
    for (let count = 1; count < 32; count += 1) await memory.admit(admission);
    expect(first.blobBytesMax).toBe(2 * MIB);
    for (let count = 32; count < 512; count += 1) await memory.admit(admission);
    expect(first.blobBytesMax).toBe(SLAB_BYTES);
  });

  test('lets uploads wait in their order until others end', async () => {
    const memory = new UploadMemory({ budgetBytes: SLAB_BYTES, uploadsPerUserMax: 10 });
    const order: string[] = [];
    const first = await memory.admit(admission);
    const admit = async (name: string): Promise<Disposable> => {
      const share = await memory.admit(admission);
      order.push(name);
      return share;
    };
    const second = admit('second');
    const third = admit('third');
    expect(memory.waitingUploads).toBe(2);
    first[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    expect(order).toEqual(['second', 'third']);
    expect(memory.usedBytes).toBe(0);
  });

  test('gives nobody extra slabs while somebody waits', async () => {
    const memory = new UploadMemory({ budgetBytes: 2 * SLAB_BYTES, uploadsPerUserMax: 10 });
    const greedy = await memory.admit(admission);
    const slabs = [greedy.takeSlab(), greedy.takeSlab()];
    const waiting = memory.admit(admission);
    expect(greedy.blobBytesMax).toBe(SLAB_BYTES);
    for (const slab of slabs) if (slab !== undefined) greedy.giveBack(slab);
    using _share = await waiting;
    expect(greedy.takeSlab()).toBeDefined();
    expect(greedy.takeSlab()).toBeUndefined();
  });

  test('says busy after 30 s, to the 257th that waits, and to whoever has too many', async () => {
    const memory = new UploadMemory({ budgetBytes: SLAB_BYTES, uploadsPerUserMax: 300 });
    await memory.admit(admission);
    const waiting = Array.from({ length: 256 }, () => memory.admit(admission).catch((error: unknown) => error));
    await expect(memory.admit(admission)).rejects.toMatchObject({ code: 'NS_BUSY', details: { retryAfterSeconds: 5 } });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => expect.objectContaining({ code: 'NS_BUSY' })));
    const own = new UploadMemory({ budgetBytes: 64 * SLAB_BYTES, uploadsPerUserMax: 2 });
    const share = await own.admit(admission);
    await own.admit(admission);
    await expect(own.admit(admission)).rejects.toMatchObject({ code: 'NS_BUSY' });
    await expect(own.admit({ ...admission, user: newUserId() })).resolves.toBeDefined();
    share[Symbol.dispose]();
    await expect(own.admit(admission)).resolves.toBeDefined();
  });

  test('forgets whoever went away while waiting', async () => {
    const memory = new UploadMemory({ budgetBytes: SLAB_BYTES, uploadsPerUserMax: 10 });
    const first = await memory.admit(admission);
    const leaving = new AbortController();
    const waiting = memory.admit({ ...admission, signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(memory.waitingUploads).toBe(0);
    first[Symbol.dispose]();
    expect(memory.usedBytes).toBe(0);
  });

  test('uses the same slabs again', async () => {
    const memory = new UploadMemory({ budgetBytes: 4 * SLAB_BYTES, uploadsPerUserMax: 10 });
    using share = await memory.admit(admission);
    const slab = share.takeSlab();
    if (slab !== undefined) share.giveBack(slab);
    expect(share.takeSlab()).toBe(slab);
  });

  test('cannot be smaller than one slab', () => {
    expect(() => new UploadMemory({ budgetBytes: SLAB_BYTES - 1, uploadsPerUserMax: 1 })).toThrow(RangeError);
  });
});

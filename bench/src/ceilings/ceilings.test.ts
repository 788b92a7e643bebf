import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { measureDiskStream, measureDiskSyncs } from './disk-ceiling.ts';
import { LoopbackPeer } from './loopback-ceiling.ts';

const signal = AbortSignal.timeout(30_000);

describe('the ceilings', () => {
  test('the disk is measured with three writers, and nothing is left on it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netstore-bench-test-'));
    try {
      const stream = await measureDiskStream(folder, 100_000, signal);
      expect(stream).toMatchObject({ unit: 'MiB/s', amount: 100_000, latencyMs: null });
      expect(stream.rate).toBeGreaterThan(0);
      const syncs = await measureDiskSyncs(folder, { count: 3, sizeBytes: 4096 }, signal);
      expect(syncs).toMatchObject({ unit: 'per second', amount: 3 });
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('loopback is measured over real connections', async () => {
    await using peer = await LoopbackPeer.start();
    const stream = await peer.measureStream(3_000_000, 2, signal);
    expect(stream.amount).toBeGreaterThanOrEqual(3_000_000);
    const trips = await peer.measureRoundTrips({ count: 5, sizeBytes: 4096, connections: 2 }, signal);
    expect(trips.amount).toBe(10);
  });
});

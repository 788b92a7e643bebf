/** All five processes, one of the nodes on a disk of 96 MiB, of which it keeps back 32: when it is full, writes are told so or go elsewhere, and nothing is torn. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster as ClusterState } from '@netstore/shared-types';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { FileClient, type SeededFile } from '../support/file-client.ts';
import { needs } from '../support/needs.ts';
import { sha256OfSeeded } from '../support/seeded-bytes.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../support/small-disk.ts';

const MIB = 1024 * 1024;
const DISK_MIB = 96;
/** More than the disk holds. */
const UPLOADS_MAX = 13;

const whyNot = whyNoSmallDisk();

async function withFullDiskOf(node: string, work: (files: FileClient, cluster: Cluster) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'netstore-full-'));
  try {
    using _ = mountSmallDisk(join(dataDir, node), DISK_MIB);
    await using cluster = await startCluster({ dataDir });
    await work(new FileClient(cluster.url, await cluster.signIn()), cluster);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const fileAt = (index: number): SeededFile => ({ path: `full/${index}.bin`, seed: `full ${index}`, sizeBytes: 8 * MIB });

async function expectIntact(files: FileClient, file: SeededFile): Promise<void> {
  expect(await files.download(file.path)).toEqual({ status: 200, sha256: sha256OfSeeded(file.seed, file.sizeBytes) });
}

async function stateOf(cluster: Cluster): Promise<ClusterState> {
  const answer = await fetch(`${cluster.url}/api/v1/cluster`, { headers: { authorization: `Bearer ${await cluster.signIn()}` } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as ClusterState;
}

beforeEach((context) => needs(context, `small disk to fill: ${whyNot}`, whyNot === undefined));

describe('a full disk', () => {
  test('of the primary: 507, and reads, deletes and folders go on', async () => {
    await withFullDiskOf('node-1', async (files, cluster) => {
      const stored: SeededFile[] = [];
      let refusal: string | undefined;
      for (let index = 0; index < UPLOADS_MAX && refusal === undefined; index += 1) {
        const result = await files.upload(fileAt(index));
        if (result.status === 201) stored.push(fileAt(index));
        else refusal = `${result.status} ${result.body}`;
      }
      expect(refusal).toMatch(/^507 .*NS_DISK_FULL/);
      expect(stored.length).toBeGreaterThan(3);
      for (const file of stored) await expectIntact(files, file);
      expect((await files.entries('full')).entries).toHaveLength(stored.length);
      expect(await files.remove('full/0.bin')).toBe(204);
      expect(await files.entry('full/0.bin')).toBeUndefined();
      await cluster.kill('node-1');
      await cluster.restart('node-1');
      await cluster.untilReady('gateway');
      for (const file of stored.slice(1)) await expectIntact(files, file);
    });
  });

  test('of a secondary: uploads go on with two copies', async () => {
    await withFullDiskOf('node-3', async (files, cluster) => {
      const all = Array.from({ length: UPLOADS_MAX }, (_, index) => fileAt(index));
      let last: string | undefined;
      for (const file of all) {
        const result = await files.upload(file);
        expect(result.status).toBe(201);
        last = result.replicas;
      }
      expect(last).toBe('2/3');
      for (const file of all.slice(-3)) await expectIntact(files, file);
      const { nodes, filesAtRisk, riskReason } = await stateOf(cluster);
      expect(nodes[2]?.problem).toMatch(/^The disk is full \(/);
      expect(nodes[0]?.problem).toBeNull();
      expect(filesAtRisk).toBeGreaterThan(0);
      expect(riskReason).toMatch(/^node-3 still lacks \d+ blobs?\. The disk is full/);
    });
  });
});

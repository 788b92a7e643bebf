/**
 * Files of one node's data directory that rot, are missing, or are old (D15 to D17, D20 to D22, D26): refused with the reason, or made again from the
 * log or from a peer, and never quietly cut.
 */
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeId } from '@netstore/shared-types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultCluster, NODE_1, NODE_2, NODE_3, NODE_IDS } from '../fault-cluster.ts';
import { replaceDisk } from '../operator.ts';
import { underLoad } from '../under-load.ts';

const SEED = process.env['NETSTORE_TEST_SEED'] ?? String(Date.now());
const LONG_MS = 300_000;

let cluster: FaultCluster;
beforeAll(async () => {
  cluster = await FaultCluster.start({ seed: SEED });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const fileOf = (id: NodeId, name: string): string => join(cluster.nodes.dataDir(id), name);

function flipMiddle(path: string, at?: number): void {
  const bytes = readFileSync(path);
  const offset = at ?? Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x40, offset);
  writeFileSync(path, bytes);
}

/** Its pages are no pages any more, from the second on. */
function damageCatalogue(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4096, Math.max(8192, Math.floor(bytes.length / 2)));
  writeFileSync(path, bytes);
}

/** The node is stopped, its files are changed, and it is started again while clients work. */
async function withChanged(id: NodeId, change: () => void, after: () => Promise<void> = async () => undefined): Promise<readonly string[]> {
  const { problems } = await underLoad(cluster, { seed: SEED, mayEnd: true, damaged: NODE_IDS }, async () => {
    // In order, so that everything is in its file and not beside it.
    await cluster.nodes.kill(id, 'SIGTERM');
    change();
    cluster.startNode(id);
    await after();
    await cluster.untilHealed();
  });
  return problems;
}

describe('the catalogue of a node', () => {
  test.each([NODE_1, NODE_2])(
    'of %s is damaged: it is made again, equal to the others',
    async (id) => {
      const quarantine = (): number => globSync(fileOf(id, 'quarantine/*')).length;
      const before = quarantine();
      expect(await withChanged(id, () => damageCatalogue(fileOf(id, 'catalogue.db')))).toEqual([]);
      expect(quarantine()).toBeGreaterThan(before);
    },
    LONG_MS,
  );

  test(
    'is gone: it is made again',
    async () => {
      const change = (): void => {
        for (const path of globSync(fileOf(NODE_3, 'catalogue.db*'))) rmSync(path);
      };
      expect(await withChanged(NODE_3, change)).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'is an older one: the log is applied to it',
    async () => {
      const kept = mkdtempSync(join(tmpdir(), 'netstore-old-'));
      await cluster.kill(NODE_2);
      for (const path of globSync(fileOf(NODE_2, 'catalogue.db*'))) cpSync(path, join(kept, path.split('/').at(-1) ?? ''));
      cluster.startNode(NODE_2);
      await cluster.untilHealed();
      expect((await underLoad(cluster, { seed: SEED, damaged: NODE_IDS }, async () => undefined)).problems).toEqual([]);
      const change = (): void => {
        for (const path of globSync(fileOf(NODE_2, 'catalogue.db*'))) rmSync(path);
        cpSync(kept, cluster.nodes.dataDir(NODE_2), { recursive: true });
      };
      expect(await withChanged(NODE_2, change)).toEqual([]);
      rmSync(kept, { recursive: true });
    },
    LONG_MS,
  );
});

describe('the log of a node', () => {
  test(
    'rots below its mark: it is cut there, said so, and given back by the others',
    async () => {
      const segment = globSync(fileOf(NODE_3, 'log/*.log')).sort()[0] ?? '';
      expect(await withChanged(NODE_3, () => flipMiddle(segment, 700))).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'ends in a record that was half written: it is cut, and nothing is lost',
    async () => {
      const tail = (): void => {
        const path = globSync(fileOf(NODE_2, 'log/*.log')).sort().at(-1) ?? '';
        const bytes = readFileSync(path);
        let end = bytes.length;
        while (end > 0 && bytes[end - 1] === 0) end -= 1;
        bytes.fill(0xab, Math.min(end + 8, bytes.length), Math.min(end + 40, bytes.length));
        writeFileSync(path, bytes);
      };
      expect(await withChanged(NODE_2, tail)).toEqual([]);
    },
    LONG_MS,
  );
});

describe('what a node has promised', () => {
  // Which of the two holds the newest differs from time to time: each is damaged in turn.
  test.each(['VOTE.a', 'VOTE.b'])(
    'is damaged in one of its two files, %s: the other one has it',
    async (name) => {
      expect(await withChanged(NODE_2, () => writeFileSync(fileOf(NODE_2, name), Buffer.alloc(4096, 7)))).toEqual([]);
    },
    LONG_MS,
  );

  test.each([
    [
      'is damaged in both files',
      (id: NodeId) => ['VOTE.a', 'VOTE.b'].map((name) => writeFileSync(fileOf(id, name), Buffer.alloc(4096, 7))),
    ],
    ['is gone', (id: NodeId) => ['VOTE.a', 'VOTE.b'].map((name) => rmSync(fileOf(id, name)))],
    ['is there, and who it is is gone', (id: NodeId) => rmSync(fileOf(id, 'IDENTITY'))],
    ['is there, and who it is is damaged', (id: NodeId) => flipMiddle(fileOf(id, 'IDENTITY'))],
  ])(
    '%s: it refuses to start and says why, and comes back as a new disk',
    async (_, change) => {
      const { problems } = await underLoad(cluster, { seed: SEED, mayEnd: true, damaged: NODE_IDS }, async () => {
        await cluster.kill(NODE_3);
        change(NODE_3);
        cluster.startNode(NODE_3);
        await cluster.untilEnded(NODE_3);
        expect(cluster.nodes.log.slice(-3_000)).toMatch(/storage-node cannot start\..*(VOTE|IDENTITY|promise)/);
        await replaceDisk(cluster, NODE_3);
      });
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );
});

test(
  "a node is started on another node's disk: it refuses, and nothing is changed",
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED, mayEnd: true, damaged: NODE_IDS }, async () => {
      await cluster.kill(NODE_2, NODE_3);
      cluster.arrange(NODE_2, { env: { NETSTORE_DATA_DIR: cluster.nodes.dataDir(NODE_3) } });
      cluster.startNode(NODE_2);
      await cluster.untilEnded(NODE_2);
      expect(cluster.nodes.log.slice(-3_000)).toContain('belongs to node-3');
      cluster.arrange(NODE_2, {});
      cluster.startNode(NODE_2);
      cluster.startNode(NODE_3);
    });
    expect(problems).toEqual([]);
  },
  LONG_MS,
);

test(
  'files are deleted while a node is away: they stay deleted when it returns, whoever leads',
  async () => {
    const { problems } = await underLoad(cluster, { seed: SEED, damaged: NODE_IDS }, async (workload) => {
      const calls = workload.calls('deleter');
      const paths = Array.from({ length: 30 }, (_, index) => `stale/${SEED}-${index}`);
      for (const path of paths) await calls.put(path, { seed: path, sizeBytes: 300 });
      await cluster.kill(NODE_1);
      for (const path of paths) expect((await calls.remove(path)).outcome).toBe('ok');
      cluster.startNode(NODE_1);
      await cluster.untilHealed();
      // The one that was away is the preferred one, and leads with the other that is left.
      await cluster.kill(NODE_2);
      await cluster.untilPrimary();
      for (const path of paths) expect(await calls.get(path)).toMatchObject({ outcome: 'ok', content: null });
    });
    expect(problems).toEqual([]);
    expect(NODE_IDS.every((id) => existsSync(fileOf(id, 'IDENTITY')))).toBe(true);
  },
  LONG_MS,
);
